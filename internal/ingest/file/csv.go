package file

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// csvRecords reads CSV under a header.
type csvRecords struct {
	r      *csv.Reader
	limit  *bounded
	comma  rune
	header []string
	text   int
	// base and first are the offset and line at which r started.
	base, first int64
}

// bounded fails when more than left bytes are read before it is set again, so
// that a missing quote cannot pull a whole file into memory. It counts quotes.
type bounded struct {
	r      io.Reader
	left   int
	quotes int
	total  int64
	end    bool
}

var errLongRecord = fmt.Errorf("a record is longer than %d MiB: is a closing quote missing", MaxLine>>20)

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRecord
	}
	n, err := b.r.Read(p)
	b.left -= n
	b.total += int64(n)
	b.quotes += bytes.Count(p[:n], []byte{'"'})
	b.end = errors.Is(err, io.EOF)
	return n, err
}

// open reports, of the record just read, whether it took the rest of the input
// because of a quote that is never closed: it ends with the input, goes over
// several lines, and the quotes of all that was read are odd in number.
func (c *csvRecords) open(row []string) bool {
	last := c.limit.end && c.r.InputOffset() >= c.limit.total
	return last && c.limit.quotes%2 == 1 && strings.ContainsRune(row[len(row)-1], '\n')
}

func (c *csvRecords) goOn(r io.Reader, base, first int64) {
	c.limit = &bounded{r: r, left: MaxLine}
	c.r = csv.NewReader(c.limit)
	c.r.Comma, c.r.FieldsPerRecord, c.r.ReuseRecord, c.r.LazyQuotes = c.comma, -1, true, true
	c.base, c.first = base, first
}

// openCSV reads the header and finds the column with the text.
func (r *Records) openCSV() error {
	if head, _ := r.lines.Peek(3); string(head) == "\ufeff" {
		_, _ = r.lines.Discard(3)
		r.offset = 3
	}
	head, _ := r.lines.Peek(4 << 10)
	line, _, _ := bytes.Cut(head, []byte("\n"))
	c := &csvRecords{comma: delimiter(line)}
	c.goOn(r.lines, r.offset, 0)
	row, err := c.r.Read()
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err != nil {
		return errors.New("the header cannot be read: the first line of a CSV file names its columns")
	}
	for _, name := range row {
		c.header = append(c.header, strings.ToLower(strings.TrimSpace(name)))
	}
	if c.text, err = r.textColumn(c.header); err != nil {
		return err
	}
	r.csv = c
	return nil
}

// delimiter is what stands most often in the header: a comma, semicolon or tab.
func delimiter(line []byte) rune {
	best := ','
	for _, c := range ";\t" {
		if bytes.Count(line, []byte(string(c))) > bytes.Count(line, []byte(string(best))) {
			best = c
		}
	}
	return best
}

// ErrColumn says that the column with the text is not known.
var ErrColumn = errors.New("which column holds the text")

func (r *Records) textColumn(header []string) (int, error) {
	names := textFields
	if r.Column != "" {
		names = []string{strings.ToLower(r.Column)}
	}
	for _, name := range names {
		if i := slices.Index(header, name); i >= 0 {
			return i, nil
		}
	}
	if !slices.ContainsFunc(header, func(name string) bool { return !columnName.MatchString(name) }) {
		return 0, fmt.Errorf("%w? there is none called %s; name one of: %s", ErrColumn, strings.Join(names, ", "), strings.Join(header, ", "))
	}
	return 0, fmt.Errorf("%w? there is none called %s, and the first line does not look like the names of columns: put them there", ErrColumn, strings.Join(names, ", "))
}

// columnName is what is taken for the name of a column and may be repeated: in
// a file without a header a comment stands in its place.
var columnName = regexp.MustCompile(`^[\pL\pN_.-]{1,24}( [\pL\pN_.-]{1,24})?$`)

func (r *Records) nextCSV() (Record, error) {
	if r.csv == nil {
		if err := r.openCSV(); err != nil {
			return Record{}, err
		}
	}
	c := r.csv
	c.limit.left = MaxLine
	row, err := c.r.Read()
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return Record{}, io.EOF
	case errors.Is(err, errLongRecord):
		return Record{}, errLongRecord
	case errors.As(err, &wrong):
		rec := Record{Line: c.first + int64(wrong.StartLine), End: c.base + c.r.InputOffset(), Err: errors.New("not a CSV record: look at its quotes")}
		rec.ID = fmt.Sprintf("line %d", rec.Line)
		return rec, nil
	case err != nil:
		return Record{}, fmt.Errorf("read: %w", err)
	}
	at, _ := c.r.FieldPos(0)
	last, _ := c.r.FieldPos(len(row) - 1)
	rec := Record{Line: c.first + int64(at), End: c.base + c.r.InputOffset()}
	if c.open(row) {
		rec.ID, rec.Err = fmt.Sprintf("line %d", rec.Line), errors.New("a quote is not closed: everything up to the end of the file is part of this record")
		r.offset = rec.End
		return rec, nil
	}
	r.line = c.first + int64(last) + int64(strings.Count(row[len(row)-1], "\n"))
	r.offset = rec.End
	c.fill(row, &rec)
	return rec, nil
}

func (c *csvRecords) fill(row []string, rec *Record) {
	rec.ID = fmt.Sprintf("line %d", rec.Line)
	if c.text >= len(row) {
		rec.Err = fmt.Errorf("too few fields: %d, the header has %d", len(row), len(c.header))
	} else {
		rec.Text = row[c.text]
	}
	for i, name := range c.header[:min(len(c.header), len(row))] {
		switch name {
		case "id", "comment_id", "review_id":
			if row[i] != "" {
				rec.ID, rec.Named = row[i], true
			}
		case "author":
			rec.Author = row[i]
		case "created":
			rec.Created = timeOf(row[i])
		}
	}
}

// LooksLikeHeader reports a header of several columns with one that is known to
// hold the text.
func LooksLikeHeader(line string) bool {
	columns := strings.Split(strings.TrimRight(strings.ToLower(line), "\r"), string(delimiter([]byte(line))))
	return len(columns) > 1 && slices.ContainsFunc(columns, func(c string) bool {
		return slices.Contains(textFields, strings.Trim(strings.TrimSpace(c), `"`))
	})
}
