package interop

import (
	"strings"
)

func readWriteFile(f *foreign) (string, map[string]any, string) {
	if f.str("operation", "read") == "write" {
		return writeBinaryFile(f)
	}
	f.ignore("options.fileExtension", "options.fileName", "options.mimeType")
	return fileRead(f, f.str("fileSelector", ""), f.str("options.dataPropertyName", "data"))
}

func readBinaryFile(f *foreign) (string, map[string]any, string) {
	return fileRead(f, f.str("filePath", f.str("fileSelector", "")), f.str("dataPropertyName", "data"))
}

func fileRead(f *foreign, path, name string) (string, map[string]any, string) {
	if strings.ContainsAny(strings.Join(fixedText(path), ""), "*?[") {
		return none("reading all files that match %q: use List files, then Read file", path)
	}
	return "file.read", map[string]any{"path": inside(f, path), "as": "file", "name": name}, ""
}

func writeBinaryFile(f *foreign) (string, map[string]any, string) {
	p := map[string]any{
		"path": inside(f, f.str("fileName", "")), "file": strings.TrimPrefix(f.str("dataPropertyName", "data"), "="), "mode": "overwrite",
	}
	if f.yes("options.append", false) {
		p["mode"] = "append"
	}
	return "file.write", p, ""
}

// fixedText returns the text of a parameter around its holes.
func fixedText(s string) []string {
	if !strings.HasPrefix(s, "=") {
		return []string{s}
	}
	var out []string
	for i, part := range holes(s) {
		if i%2 == 0 {
			out = append(out, part)
		}
	}
	return out
}

// inside makes an absolute path one within the folder for files.
func inside(f *foreign, path string) string {
	fixed, expression := strings.CutPrefix(path, "=")
	if !strings.HasPrefix(fixed, "/") {
		return path
	}
	f.lose("the path %q is absolute; here it is one within the folder for files", path)
	fixed = strings.TrimLeft(fixed, "/")
	if expression {
		return "=" + fixed
	}
	return fixed
}

func extractFromFile(f *foreign) (string, map[string]any, string) {
	if op := f.str("operation", "csv"); op != "csv" {
		return none("reading a file of the type %q out of an item", strings.TrimPrefix(op, "from"))
	}
	return csvRead(f, f.str("binaryPropertyName", "data"))
}

func csvRead(f *foreign, file string) (string, map[string]any, string) {
	p := map[string]any{"operation": "parse", "source": "file", "file": file}
	if d := f.str("options.delimiter", ""); d != "" {
		p["delimiter"] = d
	}
	if !f.yes("options.headerRow", true) {
		p["header"] = false
		f.lose("without a header, columns are called column_1 and so on instead of a list called row")
	}
	f.ignore("options.encoding", "options.includeEmptyCells", "options.rawData", "options.readAsString", "options.relaxQuotes", "options.enableBOM")
	return "data.csv", p, ""
}

func convertToFile(f *foreign) (string, map[string]any, string) {
	if op := f.str("operation", "csv"); op != "csv" {
		return none("making a file of the type %q of an item", strings.TrimPrefix(op, "to"))
	}
	return csvWrite(f)
}

func csvWrite(f *foreign) (string, map[string]any, string) {
	p := map[string]any{"operation": "build", "source": "file", "file": f.str("binaryPropertyName", "data")}
	if name := f.str("options.fileName", ""); name != "" {
		p["file_name"] = name
	}
	if d := f.str("options.delimiter", ""); d != "" {
		p["delimiter"] = d
	}
	if !f.yes("options.headerRow", true) {
		p["header"] = false
	}
	return "data.csv", p, ""
}

func spreadsheetFile(f *foreign) (string, map[string]any, string) {
	format := f.str("fileFormat", "")
	if f.str("operation", "fromFile") == "toFile" {
		if format != "csv" {
			return none("making a spreadsheet of the type %q", orElse(format, "xls"))
		}
		return csvWrite(f)
	}
	if format != "csv" {
		return none("reading a spreadsheet file; here CSV is read")
	}
	return csvRead(f, f.str("binaryPropertyName", "data"))
}
