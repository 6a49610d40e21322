/** The vendored Lit, named once, so that a new version is one changed line. */
export * from "../../vendor/lit-3.3.3/lit.js";
