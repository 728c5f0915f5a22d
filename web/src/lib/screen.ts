// How wide the window is, for code that does what styles cannot. On phones innerWidth lays out the
// page as far as it stands before it answers; a media query does not.
export const isWide = (): boolean => matchMedia("(min-width: 1080px)").matches;
export const isPhone = (): boolean => matchMedia("not all and (min-width: 768px)").matches;
