// The words of the evidence in English.

export const evidence = {};
