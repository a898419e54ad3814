package file

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// readAll renders records as "id|text" or "id!error", one a line.
func readAll(r *Records) string {
	var s strings.Builder
	for {
		rec, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return s.String()
		case err != nil:
			fmt.Fprintf(&s, "END %v\n", err)
			return s.String()
		case rec.Err != nil:
			fmt.Fprintf(&s, "%s!%v\n", rec.ID, rec.Err)
		default:
			fmt.Fprintf(&s, "%s|%s\n", rec.ID, rec.Text)
		}
	}
}

func TestRecords(t *testing.T) {
	for name, tt := range map[string]struct {
		format Format
		column string
		in     string
		want   string
	}{
		"plain":                     {Plain, "", "one\n\n  two  \r\nthree", "line 1|one\nline 3|  two  \nline 4|three\n"},
		"plain with a mark":         {Plain, "", "\xef\xbb\xbfone\n", "line 1|one\n"},
		"jsonl":                     {JSONL, "", `{"id":"a","text":"one"}` + "\n" + `{"id":7,"text":"two"}` + "\n" + `{"text":"three"}`, "a|one\n7|two\nline 3|three\n"},
		"jsonl, other field":        {JSONL, "body", `{"id":"a","text":"no","body":"yes"}`, "a|yes\n"},
		"jsonl, review field":       {JSONL, "", `{"review":"yes"}`, "line 1|yes\n"},
		"jsonl, truncated":          {JSONL, "", `{"id":"a","text":"on` + "\n" + `{"id":"b","text":"two"}`, "line 1!not a JSON object: one object a line is expected\nb|two\n"},
		"jsonl, not an object":      {JSONL, "", "[1]\nnull\n", "line 1!not a JSON object: one object a line is expected\nline 2!not a JSON object: one object a line is expected\n"},
		"jsonl, text no string":     {JSONL, "text", `{"id":"a","text":5}`, "a!no text: one of the fields text is expected to hold it as a string\n"},
		"csv":                       {CSV, "", "id,Text\n1,\"one, with comma\"\n2,\"two\nlines\"\n3,three\n", "1|one, with comma\n2|two\nlines\n3|three\n"},
		"csv, no id":                {CSV, "", "Review,stars\ngood,5\n\"a\nb\",4\nbad,1", "line 2|good\nline 3|a\nb\nline 5|bad\n"},
		"csv, named column":         {CSV, "Said", "id,text,said\n1,no,yes\n", "1|yes\n"},
		"csv, short record":         {CSV, "", "id,text\n1\n2,two\n", "1!too few fields: 1, the header has 2\n2|two\n"},
		"csv, no such column":       {CSV, "said", "id,text\n", "END which column holds the text? there is none called said; name one of: id, text\n"},
		"csv, nothing to guess":     {CSV, "", "a,b\n", "END which column holds the text? there is none called text, comment, review, message, body, content; name one of: a, b\n"},
		"csv, semicolons":           {CSV, "", "nr;Comment\n1;\"one; two\"\n", "line 2|one; two\n"},
		"csv, tabs and a mark":      {CSV, "", "\ufeffid\ttext\na\tone\n", "a|one\n"},
		"csv, no header":            {CSV, "", "Jane,my canary hysterectomy still bleeds\n", "END which column holds the text? there is none called text, comment, review, message, body, content, and the first line does not look like the names of columns: put them there\n"},
		"csv, a quote never closed": {CSV, "", "id,text\n1,\"one\n2,two\n3,three\n", "line 2!a quote is not closed: everything up to the end of the file is part of this record\n"},
		"csv, a stray quote":        {CSV, "", "id,text\n1,5\" pipe\n2,two\n", "1|5\" pipe\n2|two\n"},
		"csv, empty":                {CSV, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewRecords(strings.NewReader(tt.in), tt.format)
			r.Column = tt.column
			if got := readAll(r); got != tt.want {
				t.Errorf("got:\n%swant:\n%s", got, tt.want)
			}
		})
	}
}

func TestLineThatIsTooLongIsReportedAndPassedOver(t *testing.T) {
	in := io.MultiReader(strings.NewReader("one\n"), io.LimitReader(repeat('x'), MaxLine+10), strings.NewReader("\nthree\n"))
	if got, want := readAll(NewRecords(in, Plain)), "line 1|one\nline 2!longer than 32 MiB\nline 3|three\n"; got != want {
		t.Errorf("got:\n%.200s", got)
	}
}

func TestQuoteThatNeverClosesDoesNotFillTheMemory(t *testing.T) {
	in := io.MultiReader(strings.NewReader("id,text\na,\"one\n"), io.LimitReader(repeat('x'), 3*MaxLine))
	if got := readAll(NewRecords(in, CSV)); !strings.HasPrefix(got, "END a record is longer") {
		t.Errorf("got:\n%.200s", got)
	}
}

// repeat is an endless reader of one byte.
type repeat byte

func (b repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

// Whoever stops after any record and goes on at its place reads the same.
func TestGoingOnAtAPlace(t *testing.T) {
	for format, in := range map[Format]string{
		Plain: "one\n\ntwo\nthree\nfour\n",
		JSONL: `{"text":"one"}` + "\n" + `{"text":"two"}` + "\nbad\n" + `{"id":"x","text":"four"}` + "\n",
		CSV:   "text,id\none,\n\"two\nlines\",\nthree,\n\"four\n\",x\nfive,\n",
	} {
		whole := records(t, NewRecords(strings.NewReader(in), format))
		for stop := 1; stop < len(whole); stop++ {
			first := NewRecords(strings.NewReader(in), format)
			for range stop {
				if _, err := first.Next(); err != nil {
					t.Fatal(err)
				}
			}
			offset, line := first.Place()
			src := strings.NewReader(in)
			second := NewRecords(src, format)
			if err := second.At(src, offset, line); err != nil {
				t.Fatal(err)
			}
			if got, want := fmt.Sprint(records(t, second)), fmt.Sprint(whole[stop:]); got != want {
				t.Errorf("%s, stopped after %d (offset %d, line %d):\n%s\nwant:\n%s", format, stop, offset, line, got, want)
			}
		}
	}
}

func records(t *testing.T, r *Records) (all []Record) {
	t.Helper()
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rec)
	}
}

func TestTimes(t *testing.T) {
	want := time.Date(2026, 9, 1, 10, 22, 31, 0, time.UTC)
	for _, s := range []string{"2026-09-01T10:22:31Z", "2026-09-01T10:22:31+0000", "2026-09-01 10:22:31", "2026-09-01T12:22:31+02:00"} {
		if got := timeOf(s); !got.Equal(want) {
			t.Errorf("%s is %v", s, got)
		}
	}
	if !timeOf("yesterday").IsZero() {
		t.Error("a time that cannot be read is none")
	}
}
