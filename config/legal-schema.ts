import { z } from 'zod';

/** Texts that the operator must write; a page without one is not there. */
export const legalSchema = z
  .strictObject({
    imprint: z.string().default(''),
    privacy: z.string().default(''),
    accessibility: z.string().default(''),
    help: z.string().default(''),
    easyLanguage: z.string().default(''),
    signLanguage: z
      .string()
      .default('')
      .describe('with the addresses of videos in German sign language, which open on demand'),
    contactEmail: z.email().optional(),
    securityEmail: z.email().optional(),
  })
  .prefault({});
