/** Which stations a link or a fault means. */
export type Selector =
  | { readonly kind: "any" }
  | { readonly kind: "zone"; readonly zone: string }
  | { readonly kind: "client"; readonly name: string }
  | { readonly kind: "proxy"; readonly name: string }
  | { readonly kind: "service"; readonly name: string }
  | { readonly kind: "address"; readonly address: string };
