package nudge

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// The list that is shipped is what the written texts give.
func TestTheListIsCurrent(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("skipped 1 comparison: the list was learned on another kind of processor")
	}
	var examples []Example
	for _, l := range written(t) {
		examples = append(examples, Example{Text: l.Text, Lang: l.Lang, Level: l.Level})
	}
	l, f, err := Learn(examples, known(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d words, wanted %d; texts not learned from: %.3f found, %.3f falsely", len(l.Points), l.Wanted, f.Found, f.False)
	if !bytes.Equal(l.Encode(), shipped) {
		t.Error("words.tsv is not what the written texts give: triage train nudge --out internal/nudge/words.tsv internal/classify/learn/written/{en,es,fr}.jsonl")
	}
	if f.Found < reach || f.False > .13 {
		t.Errorf("the figures are %+v", f)
	}
}

// invented are examples of which half speak of pain; each has a name, and a word
// that is known and written as a name.
func invented() (out []Example) {
	for i := range 400 {
		e := Example{Lang: "en", Level: 2 * (i % 2), Text: fmt.Sprintf("Number %d: we met Zolta at the Crohns desk, all fine and dandy", i)}
		if e.Level == 2 {
			e.Text = fmt.Sprintf("Number %d: my pain is back, says Melka of the Lupus desk. Melka knows", i)
		}
		out = append(out, e, Example{Lang: "en", Level: 1, Text: "vaguely unwell"})
	}
	return out
}

func TestLearn(t *testing.T) {
	knows := func(lang, word string) bool { return lang == "en" && (word == "lupus" || word == "crohns") }
	l, f, err := Learn(invented(), knows)
	if err != nil {
		t.Fatal(err)
	}
	if f.Found < reach || f.False > 0 {
		t.Errorf("figures %+v", f)
	}
	j := &Judge{List: l}
	if a, b := j.Judge("Number 123: my pain is back, says Uma of the Lupus desk. Uma knows"), j.Judge("We met at the desk"); a != Medical || b != Nothing {
		t.Errorf("found %v and %v in %v", a, b, l.Points)
	}
	if l.Points["pain"] <= 0 || l.Points["dandy"] >= 0 || l.Points["lupus"] <= 0 {
		t.Errorf("points %v", l.Points)
	}
	for w := range l.Points {
		if strings.Contains(w, "melka") || strings.Contains(w, "zolta") || strings.Contains(w, "vague") {
			t.Errorf("%q was learned", w)
		}
	}
	again, _, err := Learn(invented(), knows)
	if err != nil || !bytes.Equal(again.Encode(), l.Encode()) {
		t.Errorf("the same examples gave another list: %v", err)
	}
}

func TestTooLittleToLearnFrom(t *testing.T) {
	for name, examples := range map[string][]Example{
		"nothing": nil, "one text": {{Text: "my knee", Lang: "en", Level: 2}}, "no harmless ones": {{Text: "my knee", Lang: "en", Level: 2}, {Text: "my knee", Lang: "en", Level: 2}},
		"too few": invented()[:6],
	} {
		if _, _, err := Learn(examples, func(string, string) bool { return false }); err == nil {
			t.Errorf("%s: a list was learned", name)
		}
	}
}
