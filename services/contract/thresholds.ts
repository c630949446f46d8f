/** Where figures get another word. Apart from the schemas: the browser takes these without zod. */

/** A time of which less than this share was observed is compared with nothing, and its figures are marked. */
export const wellObservedRatio = 0.8;

/** A chance from here on is called good; from `someChanceRatio` on there is some, below it is bad. */
export const goodChanceRatio = 0.8;
export const someChanceRatio = 0.4;
