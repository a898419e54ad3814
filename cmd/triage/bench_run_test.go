package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// benchHere runs triage bench in a temporary directory of its own, which must be
// empty afterwards.
func benchHere(t *testing.T, args ...string) (said []byte) {
	t.Helper()
	t.Setenv(asTriage, "1") // for the processes that it starts
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var out, trouble bytes.Buffer
	if err := run(t.Context(), append([]string{"bench"}, args...), nil, &out, &trouble); err != nil {
		t.Fatalf("%v\n%s", err, trouble.String())
	}
	empty(t, dir)
	return out.Bytes()
}

func empty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it left %v behind (%v)", left, err)
	}
}

// TestBenchRatios measures as the command does, shortly. The bounds are at most a
// third of what was measured while other work kept the machine busy; only
// ratios have any.
func TestBenchRatios(t *testing.T) {
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector slows some of it down more than the rest")
	}
	said := benchHere(t, "--json", "--texts", "400", "--events", "500")
	var f benchFigures
	if err := json.Unmarshal(said, &f); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", said)
	for _, r := range []struct {
		what             string
		ratio, min, most float64
	}{
		{"classifier to bare scan", f.Classifier.Ratio, 1. / 500, 1. / 5},
		{"pipeline to raw JetStream", f.Pipeline.Ratio, 1. / 60, 1},
		{"a long text's p99 to p50", f.Classifier.Long.P99 / f.Classifier.Long.P50, 1, 30},
	} {
		if !(r.ratio >= r.min && r.ratio <= r.most) {
			t.Errorf("%s is %.4f, want %.4f to %.4f", r.what, r.ratio, r.min, r.most)
		}
	}
	if f.Texts.Count != 400 || !f.Texts.Invented || f.Pipeline.Events != 500 {
		t.Errorf("it measured with %+v and %d events", f.Texts, f.Pipeline.Events)
	}
	_, err := exec.LookPath("fasttext")
	if want := map[bool]int{true: len(fastTextModels)}[err == nil]; len(f.Scan.FastText) != want {
		t.Errorf("it compared with %d models of fastText, want %d", len(f.Scan.FastText), want)
	}
	for _, other := range f.Scan.FastText {
		if r := f.Scan.Rate / other.Rate; r <= 0 || r != other.Ratio {
			t.Errorf("%s: ratio %v, and the rates give %v", other.Name, other.Ratio, r)
		}
	}
}

// Where fastText is not installed it says so, and measures the rest.
func TestBenchTableWithoutFastText(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	table := string(benchHere(t, "--texts", "30", "--events", "30"))
	for _, want := range []string{"30 invented texts", "fastText", "not installed", "bare scan of the bytes", "raw JetStream", "99 of 100"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table does not say %q:\n%s", want, table)
		}
	}
}

// A program that fails is named, with its reason, and nothing stays.
func TestBenchSaysWhatFailed(t *testing.T) {
	dir, tmp := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fasttext"), []byte("#!/bin/sh\necho no room >&2\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("TMPDIR", tmp)
	err := run(t.Context(), []string{"bench", "--texts", "3"}, nil, io.Discard, io.Discard)
	if want := "bench: run fasttext supervised: exit status 3: no room"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	empty(t, tmp)
}

// Ctrl-C ends it while other processes run and while the store is open, and
// nothing stays.
func TestBenchInterrupted(t *testing.T) {
	for _, c := range []struct{ part, texts, reached string }{
		{"scans", "20000", "labelled.txt"},
		{"pipeline", "30", "data/store"},
	} {
		t.Run(c.part, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			p := start(t, "bench", "--texts", c.texts, "--events", "1000000")
			eventually(t, 60*time.Second, c.reached, func() bool {
				there, _ := filepath.Glob(filepath.Join(dir, "triage-bench-*", c.reached))
				return len(there) > 0
			})
			if code := p.interrupt(); code != 1 || !strings.Contains(p.output(), "bench interrupted") {
				t.Errorf("it ended with %d:\n%s", code, p.output())
			}
			empty(t, dir)
		})
	}
}

// The invented texts are always the same, as long as they say, and give the
// classifier the work that comments give it.
func TestInventedTexts(t *testing.T) {
	c, err := classify.New(classify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	texts, again := invented(300, 0), invented(300, 0)
	langs, levels := map[string]int{}, map[classify.Level]int{}
	var j classify.Judgement
	for i, text := range texts {
		if text != again[i] || utf8.RuneCountInString(text) != inventedLengths[i%len(inventedLengths)] {
			t.Errorf("text %d is another one the second time, or has %d characters", i, utf8.RuneCountInString(text))
		}
		c.Classify(ingest.Comment{Content: ingest.Content{Text: text}}, &j)
		langs[j.Lang]++
		levels[j.Level]++
	}
	for _, lang := range []string{"en", "es", "fr"} {
		if langs[lang] < 80 {
			t.Errorf("languages %v: too few of %s", langs, lang)
		}
	}
	if levels[classify.None] < 20 || levels[classify.Clear] < 20 {
		t.Errorf("levels %v: some hardly occur", levels)
	}
}

func TestCountWords(t *testing.T) {
	for text, want := range map[string]int{"": 0, " ": 0, "one ": 1, "two words\n": 2, " a\tb  c ": 3} {
		if got := countWords(text); got != want {
			t.Errorf("%q: %d words, want %d", text, got, want)
		}
	}
}

func TestProportion(t *testing.T) {
	for r, want := range map[float64]string{0: "0.00", 0.005: "1/200", 0.099: "1/10", 0.1: "0.10", 2.5: "2.50"} {
		if got := proportion(r); got != want {
			t.Errorf("%v is written as %s, want %s", r, got, want)
		}
	}
}
