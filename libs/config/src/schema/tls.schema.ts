import { ArrayNotEmpty } from 'class-validator';
import { Doc, SectionList } from './section.decorator.js';
import { IsAbsolutePath } from './text.decorator.js';

export class CertificateSection {
  @Doc('Absolute path of the certificate, in PEM, with those between it and the root behind it.')
  @IsAbsolutePath()
  cert!: string;

  @Doc('Absolute path of its private key, in PEM, not encrypted.')
  @IsAbsolutePath()
  key!: string;
}

export class TlsSection {
  @Doc('Certificates, taken by the names that they hold; the first one where none fits.')
  @ArrayNotEmpty()
  @SectionList(() => CertificateSection)
  certificates!: CertificateSection[];
}
