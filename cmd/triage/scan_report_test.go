package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// history is an invented export: ids, platforms and dates are those of its
// lines, and two of them cannot be read.
const history = `{"id":"10_1","platform":"facebook","created":"2024-11-03T09:00:00Z","author":"Xanthe Quillfeather","text":"I had a hip replacement here in May and walk without pain."}
{"id":"10_2","platform":"Facebook","created":"2024-11-20","text":"Easy parking, friendly staff."}
{"id":"10_3","platform":"google","date":"2024-12-24","text":"My daughter has diabetes and her insulin was changed last week."}
not json
{"id":"10_4","platform":"google","time":1736942400,"text":"What are your opening hours?"}
{"id":"10_5","platform":"instagram","created":"3/4/2025","text":"Please call me back on 555-014-7733 about my chemotherapy."}
{"id":"10_6","text":"Ich war sehr zufrieden mit der Praxis und mit dem Arzt, der mich gut beraten hat."}
{"id":"10_7","platform":"This is <b>not</b> the name of a platform","created":"","text":"They helped me with my problem."}
{"id":"10_8"}
`

// lineCounts is what the lines of --format jsonl add up to.
type lineCounts struct {
	levels, kinds, langs map[string]int
	urgent, identifier   int
}

func countLines(t *testing.T, file string) lineCounts {
	t.Helper()
	lines, _ := scanned(t, nil, "--format", "jsonl", file)
	c := lineCounts{levels: map[string]int{}, kinds: map[string]int{}, langs: map[string]int{}}
	for line := range strings.Lines(lines) {
		var l struct {
			Level, Lang, Error         string
			Kinds                      []string
			Judged, Urgent, Identifier bool
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		switch {
		case l.Error != "":
			c.levels["Error"]++
			continue
		case !l.Judged:
			l.Level = "not judged"
		}
		c.levels[capital(l.Level)]++
		c.langs[l.Lang]++
		for _, k := range l.Kinds {
			c.kinds[k+" "+l.Level]++
		}
		if l.Urgent {
			c.urgent++
		}
		if l.Identifier {
			c.identifier++
		}
	}
	if c.levels["Error"] != 2 || c.levels["Clear"] < 2 || c.levels["Not judged"] != 1 || c.identifier == 0 {
		t.Fatalf("the history is not what it should be: %+v", c)
	}
	return c
}

func TestReportCountsWhatTheLinesSay(t *testing.T) {
	file := textFile(t, "2024.jsonl", history)
	_, page := reportOf(t, 1, file)
	c := countLines(t, file)
	want := func(what, got string, n int) {
		t.Helper()
		if got != fmt.Sprint(n) {
			t.Errorf("%s: %q, want %d", what, got, n)
		}
	}
	for row, cells := range page.table(t, "Comments by what they disclose") {
		for level, n := range c.levels {
			if strings.HasPrefix(row, level) {
				want(row, cells["Comments"], n)
			}
		}
	}
	for _, k := range kindWords {
		if n := c.kinds[string(k.kind)+" clear"]; n > 0 {
			want(k.words, page.table(t, "Kinds of detail")[k.words]["Clear"], n)
		}
	}
	for code, n := range c.langs {
		want(code, page.table(t, "Comments by language")[langWord(code)]["Comments"], n)
	}
	for _, s := range []string{"What 7 public comments disclose", "2 lines could not be read", fmt.Sprintf("%d with an identifier", c.identifier), fmt.Sprintf("%d may need help now", c.urgent),
		"Written 3 November 2024 to 15 January 2025", "2 comments without a date are not in it", "1 comment with a date that cannot be read is left out"} {
		if !strings.Contains(page.said(), s) {
			t.Errorf("the report does not say %q", s)
		}
	}
	months, platforms := page.table(t, "Comments by month"), page.table(t, "Comments by platform")
	want("November", months["November 2024"]["Comments"], 2)
	want("January", months["January 2025"]["Comments"], 1)
	want("Facebook", platforms["Facebook"]["Comments"], 2)
	want("no name", platforms["Given, but not as a name"]["Comments"], 1)
	want("not given", platforms["Not given"]["Comments"], 1)
	want("the file", page.table(t, "Files")["2024.jsonl"]["Could not be read"], 2)
}

func TestReportOnLittle(t *testing.T) {
	german := `{"text":"Ich war sehr zufrieden mit der Praxis und mit dem Arzt, der mich gut beraten hat."}` + "\n"
	for name, tt := range map[string]struct {
		in     string
		code   int
		says   []string
		tables int
	}{
		"nothing":   {"", 0, []string{"What 0 public comments disclose", "There was no comment in the input."}, 1},
		"bad lines": {"{\n{\n", 1, []string{"2 lines could not be read", "no comment in the input that could be read"}, 1},
		"one":       {`{"text":"I had a hip replacement here in May."}`, 0, []string{"What 1 public comment discloses", "Of 1 comment, 1 says or hints", "The most serious comment ", "line 1", "has no dates that can be read", "does not say where the comments were written", "Every comment could be judged"}, 5},
		"harmless":  {`{"text":"Easy parking, friendly staff."}`, 0, []string{"No comment that could be judged says anything", "There is none."}, 4},
		"unjudged":  {german + german, 0, []string{"None of the comments could be judged", "2 comments could not be judged", "2 comments: in a language that is not supported"}, 2},
		"one day":   {`{"text":"Easy parking.","created":"2025-02-03"}`, 0, []string{"Written 3 February 2025"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			_, page := reportOf(t, tt.code, textFile(t, "c.jsonl", tt.in))
			for _, s := range tt.says {
				if !strings.Contains(page.said(), s) {
					t.Errorf("it does not say %q:\n%s", s, page.said())
				}
			}
			if got := len(page.all("table")); got != tt.tables {
				t.Errorf("%d tables, want %d", got, tt.tables)
			}
		})
	}
}

func TestReportOnSeveralFiles(t *testing.T) {
	one, two := textFile(t, "c.txt", "I had a hip replacement here in May.\n"), textFile(t, "c.txt", "Easy parking.\nMy daughter has diabetes.\n")
	_, page := reportOf(t, 0, one, two)
	files := page.table(t, "Files")
	if files["c.txt"]["Comments"] != "1" || files["c.txt (file 2)"]["Comments"] != "2" || !strings.Contains(page.said(), "c.txt (file 2), line 2") {
		t.Errorf("%v in:\n%s", files, page.said())
	}
	if dir := filepath.Dir(one); strings.Contains(page.Inner, dir) {
		t.Errorf("it names the directory %s", dir)
	}
}

func TestReportThatStoppedSaysSo(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(z, history)
	_ = z.Close()
	cut := filepath.Join(t.TempDir(), "cut.jsonl.gz")
	if err := os.WriteFile(cut, zipped.Bytes()[:zipped.Len()-6], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, page := reportOf(t, 1, cut); !strings.Contains(page.said(), "This report is not complete") {
		t.Error("it does not say that it is not complete")
	}

	ctx, cancel := context.WithCancel(t.Context())
	in, w := io.Pipe() // a terminal on which nobody ends the input
	defer func() { _ = w.Close() }()
	go func() {
		_, _ = io.WriteString(w, history)
		cancel()
	}()
	var out, errs bytes.Buffer
	err := run(ctx, []string{"scan", "--format", "html", "-"}, in, &out, &errs)
	if exitCode(err) != 1 || !strings.Contains(htmlOf(t, out.String()).said(), "This report is not complete") {
		t.Errorf("interrupted: %v, %s\n%s", err, errs.String(), out.String())
	}
}

func TestReportRefusesOddTimes(t *testing.T) {
	for _, look := range []string{"0s", "-1s", "2h", "soon"} {
		if out, code := scanned(t, nil, "--format", "html", "--look", look, textFile(t, "c.txt", "x")); code != 2 || out != "" {
			t.Errorf("--look %s: exit code %d, %d bytes", look, code, len(out))
		}
	}
	if spent(90*time.Second) != "2 min" || spent(takes(3600, 40*time.Second)) != "40 h" || spent(0) != "0 s" || spent(7*time.Hour+52*time.Minute) != "7 h 50 min" {
		t.Error(spent(90*time.Second), spent(takes(3600, 40*time.Second)), spent(0), spent(7*time.Hour+52*time.Minute))
	}
}
