package file

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Format is how comments are written in a file.
type Format string

// The formats of files.
const (
	JSONL Format = "jsonl" // one JSON object a line: id, text, author, created
	CSV   Format = "csv"   // a header, then one comment a record
	Plain Format = "text"  // one comment a line
)

// FormatOf guesses the format of a file from its name: ".jsonl", ".ndjson",
// ".json" and ".csv" say what they are, everything else is plain text.
func FormatOf(name string) Format {
	name = strings.ToLower(strings.TrimSuffix(name, ".gz"))
	switch {
	case strings.HasSuffix(name, ".jsonl"), strings.HasSuffix(name, ".ndjson"), strings.HasSuffix(name, ".json"):
		return JSONL
	case strings.HasSuffix(name, ".csv"), strings.HasSuffix(name, ".tsv"):
		return CSV
	}
	return Plain
}

// MaxLine is the longest line in bytes that is read; a longer one is reported
// and passed over.
const MaxLine = 32 << 20

// Record is one comment of a file, or why it could not be read.
type Record struct {
	// ID is the file's own id of the comment; "line N" where it gives none.
	ID string
	// Named: the file itself gives the id.
	Named   bool
	Text    string
	Author  string
	Created time.Time
	// Line is the number of its first line, from 1.
	Line int64
	// End is the offset of the byte after it.
	End int64
	// Raw is its line as it was (JSONL only).
	Raw []byte
	// Err says what is wrong with this record only; it quotes nothing of it.
	Err error
}

// Records reads comments one by one, in bounded memory.
type Records struct {
	// Column names the column (CSV) or field (JSONL) with the text; empty takes
	// the first of text, comment, review, message, body, content.
	Column string
	// Blank hands out blank lines of plain text too.
	Blank bool

	format Format
	lines  *bufio.Reader
	line   int64
	offset int64
	csv    *csvRecords
}

// NewRecords reads from r, which must start at a record's beginning (for CSV at
// the header).
func NewRecords(r io.Reader, format Format) *Records {
	return &Records{format: format, lines: bufio.NewReaderSize(r, 64<<10)}
}

// At goes on at a place where an earlier reader stopped. For CSV the header is
// read from the beginning first: src must stand there.
func (r *Records) At(src io.ReadSeeker, offset, line int64) error {
	if r.format == CSV {
		if err := r.openCSV(); err != nil {
			return err
		}
	}
	if _, err := src.Seek(offset, io.SeekStart); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	r.lines = bufio.NewReaderSize(src, 64<<10)
	r.offset, r.line = offset, line
	if r.format == CSV {
		r.csv.goOn(r.lines, offset, line)
	}
	return nil
}

// Next returns the next record; blank lines are passed over. It returns io.EOF
// at the end, and another error only where nothing more can be read.
func (r *Records) Next() (Record, error) {
	if r.format == CSV {
		return r.nextCSV()
	}
	for {
		line, err := r.readLine()
		if errors.Is(err, errLongLine) {
			return r.bad(err), nil
		}
		if err != nil {
			return Record{}, err
		}
		blank := len(bytes.TrimSpace(line)) == 0
		if blank && (r.format == JSONL || !r.Blank) {
			continue
		}
		rec := Record{ID: fmt.Sprintf("line %d", r.line), Line: r.line, End: r.offset}
		if r.format == Plain {
			rec.Text = string(line)
			return rec, nil
		}
		rec.Raw = line
		r.decode(line, &rec)
		return rec, nil
	}
}

func (r *Records) bad(err error) Record {
	return Record{ID: fmt.Sprintf("line %d", r.line), Line: r.line, End: r.offset, Err: err}
}

var errLongLine = fmt.Errorf("longer than %d MiB", MaxLine>>20)

// readLine reads a line without its break, however long it is.
func (r *Records) readLine() ([]byte, error) {
	var line []byte
	long := false
	size := int64(0)
	for {
		part, err := r.lines.ReadSlice('\n')
		size += int64(len(part))
		if long = long || len(line)+len(part) > MaxLine; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && size == 0:
			return nil, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("read: %w", err)
		}
		r.line++
		r.offset += size
		if long {
			return nil, errLongLine
		}
		if r.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		return bytes.TrimRight(line, "\r\n"), nil
	}
}

// textFields are the names under which exports keep the text.
var textFields = []string{"text", "comment", "review", "message", "body", "content"}

func (r *Records) decode(line []byte, rec *Record) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil || fields == nil {
		rec.Err = errors.New("not a JSON object: one object a line is expected")
		return
	}
	if id := scalar(fields["id"]); id != "" {
		rec.ID, rec.Named = id, true
	}
	names := textFields
	if r.Column != "" {
		names = []string{r.Column}
	}
	for _, name := range names {
		if text, ok := quoted(fields[name]); ok {
			rec.Text = text
			rec.Author, rec.Created = scalar(fields["author"]), timeOf(scalar(fields["created"]))
			return
		}
	}
	rec.Err = fmt.Errorf("no text: one of the fields %s is expected to hold it as a string", strings.Join(names, ", "))
}

// scalar is a JSON string, or a number as it is written; else "".
func scalar(raw json.RawMessage) string {
	if s, ok := quoted(raw); ok {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// quoted is the string that a valid JSON value is. One in which nothing is
// escaped is not parsed a second time: that took 7 % of a scan.
func quoted(raw json.RawMessage) (s string, ok bool) {
	switch {
	case len(raw) == 0:
		return "", false
	case raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw):
		return string(raw[1 : len(raw)-1]), true
	}
	return s, json.Unmarshal(raw, &s) == nil
}

func timeOf(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// Place is where the reader stands: to go on there later with At.
func (r *Records) Place() (offset, line int64) { return r.offset, r.line }
