#!/usr/bin/env node
import '../dist/generator/main.js';
