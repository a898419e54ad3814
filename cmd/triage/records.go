package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"triage/internal/ingest"
)

// record is one comment of an export, or why it could not be read.
type record struct {
	id        string
	line      int
	text      string
	truncated bool
	raw       []byte // the line as it was, of JSONL only
	err       string
}

// maxLine bounds one line or CSV record in memory.
const maxLine = 64 << 20

// records reads the comments of one input in order, one at a time.
type records struct {
	next func() (record, error) // io.EOF after the last
	// read is how many bytes were read of size, 0 where it is not known.
	read *counter
	size int64
	file io.Closer
}

// Close closes the file.
func (r *records) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// counter counts what is read, for showing progress.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// openRecords opens a file, or stdin as "-", and finds out its format: JSONL,
// CSV with a header or one comment a line, any of them compressed by gzip.
// label goes before line numbers that stand in for ids.
func openRecords(path string, stdin io.Reader, column, label string) (*records, error) {
	rs := &records{read: &counter{r: stdin}}
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("open input: %w", err)
		}
		if info, err := f.Stat(); err == nil {
			rs.size = info.Size()
		}
		rs.read.r, rs.file = f, f
	}
	b, err := unzip(bufio.NewReaderSize(rs.read, 64<<10))
	if err == nil {
		err = rs.choose(b, strings.TrimSuffix(strings.ToLower(path), ".gz"), column, label)
	}
	if err != nil {
		_ = rs.Close()
		return nil, fmt.Errorf("read %s: %w", name(path), err)
	}
	return rs, nil
}

func name(path string) string {
	if path == "-" {
		return "standard input"
	}
	return filepath.Base(path)
}

// unzip decompresses gzip, known by its first bytes, and drops a byte order
// mark.
func unzip(b *bufio.Reader) (*bufio.Reader, error) {
	if head, _ := b.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("decompress: %w", err)
		}
		b = bufio.NewReaderSize(z, 64<<10)
	}
	if head, _ := b.Peek(3); string(head) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	return b, nil
}

// choose picks the format by the file's ending, else by how it begins.
func (rs *records) choose(b *bufio.Reader, path, column, label string) error {
	head, _ := b.Peek(4 << 10)
	first, _, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte("\n"))
	jsonl := len(first) > 0 && first[0] == '{'
	switch ext := filepath.Ext(path); {
	case ext == ".jsonl" || ext == ".ndjson" || ext != ".csv" && ext != ".tsv" && ext != ".txt" && jsonl:
		rs.jsonl(b, column, label)
	case ext == ".csv" || ext == ".tsv" || column != "" || ext != ".txt" && looksCSV(first):
		return rs.csv(b, first, column, label)
	default:
		rs.plain(b, label)
	}
	return nil
}

// textColumns are the names under which exports keep what was said.
var textColumns = []string{"text", "comment", "review", "message", "body"}

// looksCSV reports a header of several columns with one that we know.
func looksCSV(first []byte) bool {
	cols := splitHeader(string(first), delimiter(first))
	return len(cols) > 1 && findColumn(cols, textColumns...) >= 0
}

func splitHeader(line string, comma rune) []string {
	cols := strings.Split(strings.TrimRight(line, "\r"), string(comma))
	for i := range cols {
		cols[i] = strings.Trim(strings.TrimSpace(cols[i]), `"`)
	}
	return cols
}

func findColumn(cols []string, names ...string) int {
	for _, n := range names {
		if i := slices.IndexFunc(cols, func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), n) }); i >= 0 {
			return i
		}
	}
	return -1
}

func delimiter(first []byte) rune {
	best, n := ',', bytes.Count(first, []byte(","))
	for _, c := range []rune{';', '\t'} {
		if k := bytes.Count(first, []byte(string(c))); k > n {
			best, n = c, k
		}
	}
	return best
}

// lines hands out one line after the other without its end; a line longer
// than maxLine is read over and reported.
type lines struct {
	b *bufio.Reader
	n int
}

var errLongLine = fmt.Errorf("line longer than %d MB", maxLine>>20)

func (l *lines) next() ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := l.b.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxLine; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(line) == 0 && !long):
			return nil, err
		}
		l.n++
		if long {
			return nil, errLongLine
		}
		return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), nil
	}
}

func (rs *records) plain(b *bufio.Reader, label string) {
	l := &lines{b: b}
	rs.next = func() (record, error) {
		line, err := l.next()
		rec := record{id: lineID(label, l.n), line: l.n}
		if errors.Is(err, errLongLine) {
			rec.err = err.Error()
			return rec, nil
		}
		rec.setText(string(line))
		return rec, err
	}
}

func lineID(label string, n int) string { return fmt.Sprintf("%sline %d", label, n) }

// setText takes the text, its invalid bytes replaced, cut where it is longer
// than is judged.
func (r *record) setText(s string) {
	if len(s) > ingest.MaxText {
		n := ingest.MaxText
		for n > ingest.MaxText-utf8.UTFMax && !utf8.RuneStart(s[n]) {
			n--
		}
		s, r.truncated = s[:n], true
	}
	r.text = strings.ToValidUTF8(s, "\ufffd")
}

func (rs *records) jsonl(b *bufio.Reader, column, label string) {
	if column == "" {
		column = "text"
	}
	l := &lines{b: b}
	rs.next = func() (record, error) {
		line, err := l.next()
		rec := record{id: lineID(label, l.n), line: l.n, raw: line}
		if errors.Is(err, errLongLine) {
			rec.err = err.Error()
			return rec, nil
		}
		if err == nil {
			rec.fromJSON(line, column)
		}
		return rec, err
	}
}

func (r *record) fromJSON(line []byte, column string) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil || fields == nil {
		r.err = "not a JSON object"
		return
	}
	if id := scalar(fields["id"]); id != "" {
		r.id = id
	}
	raw, ok := fields[column]
	var text *string
	switch err := json.Unmarshal(raw, &text); {
	case !ok:
		r.err = fmt.Sprintf("no field %q", column)
	case err != nil || text == nil:
		r.err = fmt.Sprintf("field %q is not a string", column)
	default:
		r.setText(*text)
	}
}

// scalar reads a string or a number as a string.
func scalar(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}
