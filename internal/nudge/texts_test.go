package nudge

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"triage/internal/classify/lexicon"
)

// labelled is a text with the fields of the labelling guideline.
type labelled struct {
	Text, Lang string
	Level      int `json:"d"`
	Identifier int `json:"p"`
}

// langs are the languages of the list.
var langs = []string{"en", "es", "fr"}

// written are the texts that the list is learned from.
func written(t testing.TB) (all []labelled) {
	t.Helper()
	for _, lang := range langs {
		all = append(all, read(t, filepath.Join("..", "classify", "learn", "written", lang+".jsonl"))...)
	}
	return all
}

func read(t testing.TB, path string) (all []labelled) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sc := bufio.NewScanner(f)
	for sc.Buffer(nil, 1<<20); sc.Scan(); {
		var l labelled
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// known is what the classifier's lists say of words.
func known(t testing.TB) func(lang, word string) bool {
	t.Helper()
	lists, err := lexicon.Load()
	if err != nil {
		t.Fatal(err)
	}
	return func(lang, word string) bool { return lists.Knows(lexicon.Prefixes(lang)[0] + word) }
}

// held counts of how many texts of each level how many are held back.
type held struct{ of, medical, any [3]float64 }

func (h *held) add(l labelled, f Finding) {
	h.of[l.Level]++
	if f == Medical {
		h.medical[l.Level]++
	}
	if f != Nothing {
		h.any[l.Level]++
	}
}

func (h *held) recall() float64    { return h.medical[2] / max(h.of[2], 1) }
func (h *held) falsely() float64   { return h.medical[0] / max(h.of[0], 1) }
func (h *held) precision() float64 { return h.medical[2] / max(h.medical[2]+h.medical[0], 1) }

// floors are .01 below what was measured (docs/nudge.md), ceilings of false
// alarms .01 above.
var floors = map[string]struct{ precision, recall, falsely float64 }{
	"": {0.925, 0.861, 0.076}, "en": {0.934, 0.822, 0.07}, "es": {0.916, 0.945, 0.075}, "fr": {0.893, 0.923, 0.107},
}

// The list does on comments that it was not learned from what docs/nudge.md says.
func TestLabelledComments(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "data", "comments.dev.jsonl")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if os.Getenv("CI") == "true" {
			t.Fatal("the labelled comments are not there, and in CI they must be")
		}
		t.Skip("skipped 1 labelled set: it is not beside this checkout")
	}
	j := &Judge{List: Shipped(), Practice: cedar}
	by, identifiers := map[string]*held{"": {}, "en": {}, "es": {}, "fr": {}}, held{}
	for _, l := range read(t, path) {
		f := j.Judge(l.Text)
		by[""].add(l, f)
		by[l.Lang].add(l, f)
		if l.Identifier == 1 && l.Level == 0 {
			identifiers.add(l, f)
		}
	}
	for lang, floor := range floors {
		h := by[lang]
		t.Logf("%2s: clear against none: precision %.3f, recall %.3f of %.0f, false %.3f of %.0f; possible held %.3f of %.0f; harmless held for anything %.3f", lang,
			h.precision(), h.recall(), h.of[2], h.falsely(), h.of[0], h.medical[1]/h.of[1], h.of[1], h.any[0]/h.of[0])
		if h.precision() < floor.precision || h.recall() < floor.recall || h.falsely() > floor.falsely {
			t.Errorf("%q fell below %+v", lang, floor)
		}
	}
	t.Logf("held of harmless comments with an identifier: %.3f of %.0f", identifiers.any[0]/max(identifiers.of[0], 1), identifiers.of[0])
}
