import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ContentKind, sniffContent } from "../../src/csv/sniff.ts";
import { bytesOf } from "./bytes-of.ts";

const ascii = (text: string) => bytesOf(text, "utf-8");
/** The bytes of a ZIP's local file header for an entry of that name. */
const zip = (...names: string[]) =>
  ascii(names.map((name) => `PK\x03\x04\x14\x00\x06\x00\x08${"\x00".repeat(21)}${name}data`).join(""));
/** Bytes that look random and are the same every time. */
function noise(length: number): Uint8Array {
  let seed = 7;
  return Uint8Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 16) & 0xff || 1;
  });
}

const csv = "customerID,tenure\r\n7590,1\r\n";
const cases: readonly [name: string, bytes: Uint8Array, kind: ContentKind, called: RegExp][] = [
  ["nothing", new Uint8Array(0), "empty", /empty/],
  ["white space", ascii(" \r\n\t\n\u00a0"), "empty", /empty/],
  ["a byte order mark alone", bytesOf("", "utf-8-bom"), "empty", /empty/],
  ["UTF-16 white space", bytesOf(" \r\n", "utf-16le"), "empty", /empty/],
  ["a CSV", ascii(csv), "text", /text/],
  ["a CSV with a byte order mark", bytesOf(csv, "utf-8-bom"), "text", /text/],
  ["a UTF-16LE CSV", bytesOf(csv, "utf-16le"), "text", /text/],
  ["a UTF-16BE CSV", bytesOf(csv, "utf-16be"), "text", /text/],
  ["a UTF-16LE CSV without mark", bytesOf(csv, "utf-16le").slice(2), "text", /text/],
  ["a UTF-16BE CSV without mark", bytesOf(csv, "utf-16be").slice(2), "text", /text/],
  ["a Windows-1252 CSV", bytesOf("né,–\r\n", "windows-1252"), "text", /text/],
  ["a CSV in an encoding we do not know", Uint8Array.from([0x83, 0x81, 0x2c, 0x61, 0x0d, 0x0a]), "text", /text/],
  ["a head cut inside a character", ascii("né,é").slice(0, -1), "text", /text/],
  ["a CSV whose first column is PAR1", ascii("PAR1,PAR2\r\n1,2\r\n"), "text", /text/],
  ["one letter", ascii("a"), "text", /text/],
  ["a ZIP", zip("customers.csv"), "zip", /ZIP/],
  ["an .xlsx", zip("[Content_Types].xml", "xl/workbook.xml"), "xlsx", /Excel workbook/],
  ["an .ods", zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "ods", /OpenDocument/],
  ["a .docx", zip("[Content_Types].xml", "word/document.xml"), "zip", /Word/],
  ["an .xls", Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0), "xls", /Excel/],
  ["a gzip", Uint8Array.of(0x1f, 0x8b, 8, 0), "gzip", /gzip/],
  ["a PDF", ascii("%PDF-1.7\n"), "pdf", /PDF/],
  ["a Parquet file", ascii("PAR1\x15\x04\x15"), "parquet", /Parquet/],
  ["a web page", ascii("\n<!DOCTYPE html><html>"), "html", /web page/],
  ["a table that calls itself .xls", ascii("\ufeff<table><tr><td>"), "html", /web page/],
  ["XML", ascii('<?xml version="1.0"?>'), "xml", /XML/],
  ["JSON", ascii('[\n  {"tenure": 1}]'), "json", /JSON/],
  ["JSON lines", ascii('{"tenure": 1}\n{"tenure": 2}'), "json", /JSON/],
  ["text with a NUL", ascii("a,b\n1,\x00\n"), "binary", /binary/],
  ["32-bit numbers", Uint8Array.from([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]), "binary", /binary/],
  ["random bytes without NUL", noise(5_000), "binary", /binary/],
  ["UTF-16 with a NUL", bytesOf("a\0b", "utf-16le"), "binary", /binary/],
  ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a), "binary", /picture/],
];

describe("sniffContent", () => {
  for (const [name, bytes, kind, called] of cases) {
    it(`takes ${name} for ${kind}`, () => {
      const content = sniffContent(bytes);
      assert.equal(content.kind, kind);
      assert.match(content.name, called);
    });
  }
});
