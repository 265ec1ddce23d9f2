/** What speaks against a gene in a panel that is measured with probes, whatever the gene predicts. */

export const GENE_FLAGS = [
  'crowding',
  'barely-detected',
  'mitochondrial',
  'ribosomal',
  'sex-linked',
  'dissociation',
] as const;
export type GeneFlag = (typeof GENE_FLAGS)[number];

/** In a table cell. */
export const FLAG_WORDS: Readonly<Record<GeneFlag, string>> = {
  crowding: 'very highly expressed: crowds the image',
  'barely-detected': 'barely detected',
  mitochondrial: 'mitochondrial',
  ribosomal: 'ribosomal protein',
  'sex-linked': 'differs between the sexes',
  dissociation: 'responds to dissociation',
};

/** With the limits and sources. */
export const FLAG_HELP: Readonly<Record<GeneFlag, string>> = {
  crowding:
    'Normalised counts of a mean cell are 20 of 10,000 or more: its spots hide others under the microscope',
  'barely-detected': 'Seen in fewer than 1 % of the training cells',
  mitochondrial:
    'Encoded by the mitochondrial genome (MT-): measures damage of the cell as much as its state',
  ribosomal: 'A protein of the cytosolic ribosome (RPL, RPS): in every cell at a similar level',
  'sex-linked': 'On the Y chromosome, XIST or TSIX: tells donors apart rather than cells',
  dissociation:
    'An immediate-early or heat-shock gene that the dissociation of tissue induces (van den Brink et al., Nat Methods 2017)',
};
