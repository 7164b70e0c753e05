import ln from "@stdlib/math-base-special-ln";

/**
 * The quantile of the standard normal distribution for 0 < u < 1, to about 1e-16 relative: algorithm AS 241,
 * PPND16 (M. J. Wichura, Applied Statistics 37 (1988), 477-484), whose coefficients follow, rounded to doubles.
 */
export function normalQuantile(u: number): number {
  const q = u - 0.5;
  if (q >= -0.425 && q <= 0.425) return q * central(0.180625 - q * q);
  return q < 0 ? -tail(u) : tail(1 - u);
}

/** A of the paper over B: for |u - 1/2| up to 0.425. */
function central(r: number): number {
  let p = 2509.0809287301227 * r + 33430.57558358813;
  p = p * r + 67265.7709270087;
  p = p * r + 45921.95393154987;
  p = p * r + 13731.69376550946;
  p = p * r + 1971.5909503065513;
  p = p * r + 133.14166789178438;
  p = p * r + 3.3871328727963665;
  let q = 5226.495278852854 * r + 28729.085735721943;
  q = q * r + 39307.89580009271;
  q = q * r + 21213.794301586597;
  q = q * r + 5394.196021424751;
  q = q * r + 687.1870074920579;
  q = q * r + 42.31333070160091;
  q = q * r + 1;
  return p / q;
}

/**
 * For the smaller of u and 1 - u, below 0.075: C over D of the paper down to e^-25, E over F beyond. One long
 * function, so that the compiler does not copy this rarer case to where the common one is wanted.
 */
function tail(smaller: number): number {
  let r = Math.sqrt(-ln(smaller));
  let p: number;
  let q: number;
  if (r <= 5) {
    r -= 1.6;
    p = 0.0007745450142783414 * r + 0.022723844989269184;
    p = p * r + 0.2417807251774506;
    p = p * r + 1.2704582524523684;
    p = p * r + 3.6478483247632045;
    p = p * r + 5.769497221460691;
    p = p * r + 4.630337846156546;
    p = p * r + 1.4234371107496835;
    q = 1.0507500716444169e-9 * r + 0.0005475938084995345;
    q = q * r + 0.015198666563616457;
    q = q * r + 0.14810397642748008;
    q = q * r + 0.6897673349851;
    q = q * r + 1.6763848301838038;
    q = q * r + 2.053191626637759;
    q = q * r + 1;
  } else {
    r -= 5;
    p = 2.0103343992922881e-7 * r + 2.7115555687434876e-5;
    p = p * r + 0.0012426609473880784;
    p = p * r + 0.026532189526576124;
    p = p * r + 0.29656057182850487;
    p = p * r + 1.7848265399172913;
    p = p * r + 5.463784911164114;
    p = p * r + 6.657904643501103;
    q = 2.0442631033899397e-15 * r + 1.421511758316446e-7;
    q = q * r + 1.8463183175100548e-5;
    q = q * r + 0.0007868691311456133;
    q = q * r + 0.014875361290850615;
    q = q * r + 0.1369298809227358;
    q = q * r + 0.599832206555888;
    q = q * r + 1;
  }
  return p / q;
}
