package classify

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/internal/ingest"
)

// floors are a little below what was measured on the development sets
// (docs/classifier.md): a change that falls below them lost something.
var floors = []struct {
	file         string
	macro, clear float64
	urgent, id   float64 // recall
}{
	{"reviews.dev.jsonl", 0.785, 0.87, 0, 0.65},
	{"comments.dev.jsonl", 0.69, 0.75, 0.66, 0.8},
}

func TestLabelledData(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%d labelled files are not there, and in CI they must be", len(floors))
		}
		t.Skipf("%d labelled files skipped: they are not beside this checkout", len(floors))
	}
	for _, f := range floors {
		t.Run(f.file, func(t *testing.T) {
			m := measure(t, filepath.Join(dir, f.file))
			t.Logf("macro F1 %.3f, clear F1 %.3f, urgent recall %.3f, identifier recall %.3f", m.macro(), m.f1(2), m.urgent.recall(), m.id.recall())
			if m.macro() < f.macro || m.f1(2) < f.clear || m.urgent.recall() < f.urgent || m.id.recall() < f.id {
				t.Errorf("below the floors %+v", f)
			}
		})
	}
}

type yesNo struct{ yes, found int }

func (y yesNo) recall() float64 { return float64(y.found) / max(float64(y.yes), 1) }

func (y *yesNo) add(is int, said bool) {
	y.yes += is
	if is == 1 && said {
		y.found++
	}
}

type measured struct {
	n          [3][3]float64
	urgent, id yesNo
}

func (m *measured) f1(l int) float64 {
	sum := 0.0
	for k := range 3 {
		sum += m.n[l][k] + m.n[k][l]
	}
	return 2 * m.n[l][l] / sum
}

func (m *measured) macro() float64 { return (m.f1(0) + m.f1(1) + m.f1(2)) / 3 }

func measure(t *testing.T, path string) *measured {
	m := &measured{}
	for _, s := range samples(t, path) {
		j := judge(t, s.Text)
		m.n[s.Level][j.Level]++
		m.urgent.add(s.Urgent, j.Urgent)
		m.id.add(s.Identifier, j.Identifier)
		if !t.Failed() {
			checkJudgement(t, s.Text, j)
		}
	}
	return m
}

func samples(t *testing.T, path string) []Sample {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var ss []Sample
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var s Sample
		if err := json.Unmarshal(sc.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		ss = append(ss, s)
	}
	return ss
}

// TestTrainingIsReproducible learns twice from a few invented texts.
func TestTrainingIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("learning takes seconds")
	}
	var ss []Sample
	for i := range 30 {
		ss = append(ss, []Sample{
			{Text: "I had a hip replacement", Level: 2, Subject: "self", Lang: "en"},
			{Text: "My surgery went well", Level: 1, Subject: "self", Lang: "en"},
			{Text: "Parking is easy", Lang: "en"},
			{Text: "I can't breathe, help", Level: 2, Subject: "self", Urgent: 1, Lang: "en"},
		}[i%4])
	}
	a, err := Train(ss)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Train(ss)
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Error("the same samples gave other weights")
	}
	m, err := loadModel(a)
	if err != nil {
		t.Fatal(err)
	}
	l := classifier(t).lexicons["en"]
	if got := m.level(m.answer(newReading(read("I had a hip replacement"), "en", l).features())); got != Clear {
		t.Errorf("what was learned as clear is %s", got)
	}
}

func TestWordLists(t *testing.T) {
	ls, err := loadLexicons()
	if err != nil {
		t.Fatal(err)
	}
	for lang, l := range ls {
		var have tags
		n := 0
		for _, m := range []map[string]*entry{l.words, l.prefixes} {
			for _, e := range m {
				have |= e.tags
				n += 1 + len(e.phrases)
				for _, p := range e.phrases {
					have |= p.tags
				}
			}
		}
		if n < 1000 {
			t.Errorf("%s: only %d terms", lang, n)
		}
		for tg := tagCond; tg < tagCount; tg++ {
			if !have.has(tg) && tg != tagWordnet {
				t.Errorf("%s: no term with the tag %s", lang, tagNames[tg])
			}
		}
	}
	b, err := lexiconFiles.ReadFile("lexicon/wordnet.txt")
	if err != nil || !strings.Contains(string(b), "WordNet 3.1 Copyright 2011 by Princeton University") {
		t.Errorf("WordNet's words stand without WordNet's notice (%v)", err)
	}
	if err := ls["en"].load("x", "nonsense\tword"); err == nil {
		t.Error("a tag that does not exist was loaded")
	}
}

func TestFaultyWeights(t *testing.T) {
	for _, b := range [][]byte{nil, []byte(magic), []byte(magic + "\x02\x00\x00\x00{}"), shipped[:len(shipped)-1]} {
		if _, err := loadModel(b); err == nil {
			t.Errorf("%d bytes were taken for weights", len(b))
		}
	}
}

// TestNothingReadsTheAuthor: the judgement depends on the text alone.
func TestNothingReadsTheAuthor(t *testing.T) {
	var a, b Judgement
	in := ingest.Comment{Content: ingest.Content{Text: "Lovely place", Author: "Tilda Vosgrave", Title: "World Diabetes Day"}}
	classifier(t).Classify(in, &a)
	b = judge(t, "Lovely place")
	if a.Level != b.Level || a.Identifier != b.Identifier || a.Score != b.Score {
		t.Errorf("%+v, without the author %+v", a, b)
	}
}
