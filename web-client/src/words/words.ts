import type { en } from './en';

/** Every text of the page. A dictionary that lacks one does not compile. */
export type Words = { readonly [Key in keyof typeof en]: Widened<(typeof en)[Key]> };

type Widened<Text> = Text extends string ? string : Text;
