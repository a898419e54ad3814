package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"triage/internal/ingest"
)

func readAll(t *testing.T, input, column string) []record {
	t.Helper()
	rs, err := openRecords("-", strings.NewReader(input), column, "")
	if err != nil {
		t.Fatal(err)
	}
	var all []record
	for {
		rec, err := rs.next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rec)
	}
}

func TestRecordsAreSniffed(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte("{\"id\":\"a\",\"text\":\"one\"}\n{\"text\":\"two\"}"))
	_ = z.Close()
	for name, test := range map[string]struct{ in, want string }{
		"jsonl":            {"{\"id\":\"a\",\"text\":\"one\"}\n{\"text\":\"two\"}\n", "a=one line 2=two"},
		"jsonl, gzip":      {zipped.String(), "a=one line 2=two"},
		"jsonl, BOM, CRLF": {"\ufeff{\"id\":\"a\",\"text\":\"one\"}\r\n{\"text\":\"two\"}\r\n", "a=one line 2=two"},
		"csv":              {"id,text\na,one\n,two\n", "a=one line 3=two"},
		"csv, semicolons":  {"id;Comment\na;one\nb;two", "a=one b=two"},
		"plain":            {"one\n\ntwo, three", "line 1=one line 2= line 3=two, three"},
		"empty":            {"", ""},
	} {
		var got []string
		for _, r := range readAll(t, test.in, "") {
			got = append(got, r.id+"="+r.text)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s: %q, want %q", name, s, test.want)
		}
	}
}

func TestLongAndBrokenTexts(t *testing.T) {
	long := strings.Repeat("é", 5<<20)
	recs := readAll(t, `{"text":"`+long+"\"}\n{\"text\":\"after\"}\n", "")
	if len(recs) != 2 || !recs[0].truncated || len(recs[0].text) > ingest.MaxText || !utf8.ValidString(recs[0].text) || recs[1].text != "after" {
		t.Errorf("%d records, first cut %v to %d bytes", len(recs), recs[0].truncated, len(recs[0].text))
	}
	recs = readAll(t, "my \xff knee\n", "")
	if recs[0].text != "my \ufffd knee" || recs[0].truncated {
		t.Errorf("invalid bytes became %q", recs[0].text)
	}
	recs = readAll(t, strings.Repeat("x", maxLine+10)+"\nafter\n", "")
	if len(recs) != 2 || recs[0].err == "" || recs[1].text != "after" || recs[1].id != "line 2" {
		t.Errorf("a line beyond the limit: %d records", len(recs))
	}
}

// TestMissingQuote: a quote that is never closed does not fill the memory.
func TestMissingQuote(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("id,text\na,\"one\n"), &repeated{left: 2 * maxLine})
	rs, err := openRecords("-", endless, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rs.next(); !errors.Is(err, errLongRecord) {
		t.Errorf("error %v", err)
	}
}

// repeated reads as lines of text for left bytes.
type repeated struct{ left int }

func (r *repeated) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 'x'
		if i%64 == 63 {
			p[i] = '\n'
		}
	}
	r.left -= len(p)
	return len(p), nil
}
