/**
 * What an answer gives away to who sees its frames pass. `strict`: frames of one size on every tick, 40 KiB a second with
 * ticks of 100 ms. `standard`: frames in steps of 256 bytes, and only while there is something to say.
 */
export const privacies = ["standard", "strict"] as const;

export type Privacy = (typeof privacies)[number];
