// What the browser knows of a place's numbers and dates. To make one of these takes as long as to
// write a hundred numbers, and the first of all reads tables for 30 to 60 ms (ADR 0050): each is
// made once, and what can be written without it is (figures.ts).
function once<Options, Format>(Kind: new (locale: string, options?: Options) => Format) {
  const made = new Map<string, Format>();
  return (locale: string, options?: Options): Format => {
    const key = locale + JSON.stringify(options);
    let one = made.get(key);
    if (!one) made.set(key, (one = new Kind(locale, options)));
    return one;
  };
}

export const numberFormat = once<Intl.NumberFormatOptions, Intl.NumberFormat>(Intl.NumberFormat);
export const dateFormat = once<Intl.DateTimeFormatOptions, Intl.DateTimeFormat>(
  Intl.DateTimeFormat,
);
