import helper from '@prisma/generator-helper';
import { generate } from './generate.js';

helper.generatorHandler({
  onManifest: () => ({ prettyName: 'Quintet model metadata', defaultOutput: './generated/quintet' }),
  onGenerate: generate,
});
