package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"triage/internal/ingest/file"
)

func readAll(t *testing.T, input, column string) []file.Record {
	t.Helper()
	rs, err := openRecords("-", strings.NewReader(input), column, "")
	if err != nil {
		t.Fatal(err)
	}
	var all []file.Record
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
			got = append(got, r.ID+"="+r.Text)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s: %q, want %q", name, s, test.want)
		}
	}
}
