/** What only its owner changes, in place; for everybody else it is `Type`, which is to be read. */
export type Changing<Type> = { -readonly [Key in keyof Type]: Type[Key] };
