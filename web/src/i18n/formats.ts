// What the browser knows of a place's numbers, dates and names. To make one of these takes as long
// as to write a hundred numbers, and the first of all reads tables for 30 to 60 ms (ADR 0050): each
// is made once, and what can be written without it is (figures.ts).
function once<Options, Format>(make: (locale: string, options?: Options) => Format) {
  const made = new Map<string, Format>();
  return (locale: string, options?: Options): Format => {
    const key = locale + JSON.stringify(options);
    let one = made.get(key);
    if (!one) made.set(key, (one = make(locale, options)));
    return one;
  };
}

export const numberFormat = once(
  (locale, options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options),
);
export const dateFormat = once(
  (locale, options?: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options),
);
export const countryNames = once((locale) => new Intl.DisplayNames([locale], { type: "region" }));
