package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// bounded fails when more than left bytes are read before it is set again, so
// that a missing quote cannot pull a whole file into memory.
type bounded struct {
	r    io.Reader
	left int
}

var errLongRecord = fmt.Errorf("a record is longer than %d MB: is a closing quote missing?", maxLine>>20)

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRecord
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}

// csv reads records under a header. An error in it says which columns there
// are.
func (rs *records) csv(b *bufio.Reader, first []byte, column, label string) error {
	limit := &bounded{r: b, left: maxLine}
	r := csv.NewReader(limit)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = delimiter(first), true, -1
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		rs.next = func() (record, error) { return record{}, io.EOF }
		return nil
	}
	if err != nil {
		return fmt.Errorf("read header: %w", err)
	}
	text, err := textColumn(header, column)
	if err != nil {
		return err
	}
	id := findColumn(header, "id", "comment_id", "review_id")
	rs.next = func() (record, error) {
		limit.left = maxLine
		return csvRecord(r, id, text, label)
	}
	return nil
}

func textColumn(header []string, column string) (int, error) {
	if column == "" {
		if i := findColumn(header, textColumns...); i >= 0 {
			return i, nil
		}
		return 0, fmt.Errorf("%w: no column called %s; name one of %s with --column", errUsage, strings.Join(textColumns, ", "), quoteAll(header))
	}
	if i := findColumn(header, column); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("%w: no column %q; there are %s", errUsage, column, quoteAll(header))
}

func quoteAll(ss []string) string {
	qs := make([]string, 0, len(ss))
	for _, s := range ss[:min(len(ss), 50)] {
		qs = append(qs, fmt.Sprintf("%.60q", s))
	}
	return strings.Join(qs, ", ")
}

func csvRecord(r *csv.Reader, id, text int, label string) (record, error) {
	fields, err := r.Read()
	var bad *csv.ParseError
	switch {
	case errors.As(err, &bad) && !errors.Is(err, errLongRecord):
		return record{id: lineID(label, bad.StartLine), line: bad.StartLine, err: "not a CSV record"}, nil
	case err != nil:
		return record{}, err
	}
	line, _ := r.FieldPos(0)
	rec := record{id: lineID(label, line), line: line}
	if id >= 0 && id < len(fields) && fields[id] != "" {
		rec.id = strings.ToValidUTF8(fields[id], "\ufffd")
	}
	if text >= len(fields) {
		rec.err = "the record ends before the text column"
		return rec, nil
	}
	rec.setText(fields[text])
	return rec, nil
}
