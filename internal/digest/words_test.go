package digest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"triage/internal/respond"
)

// said finds the words of the source that are put into other languages: the first
// argument of say and of count.
func said(t *testing.T) (sentences, counts map[string]bool) {
	t.Helper()
	sentences, counts = map[string]bool{}, map[string]bool{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			text, literal := call.Args[0].(*ast.BasicLit)
			if !ok || !literal || text.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			switch sel.Sel.Name {
			case "say":
				sentences[s] = true
			case "count":
				counts[s] = true
			}
			return true
		})
	}
	return sentences, counts
}

// every sentence that is said by a variable.
func variable() (out []string) {
	out = slices.AppendSeq(out, maps.Values(laneWords))
	out = slices.AppendSeq(out, maps.Values(outcomeWords))
	for _, d := range allDays {
		out = append(out, d.String())
	}
	for m := time.January; m <= time.December; m++ {
		out = append(out, m.String())
	}
	return out
}

// variableCounts are said by a variable: what went out.
var variableCounts = []string{"reply", "private", "hidden", "taken"}

func TestEveryLanguageHasAllWords(t *testing.T) {
	sentences, counts := said(t)
	for _, s := range variable() {
		sentences[s] = true
	}
	for _, s := range variableCounts {
		counts[s] = true
	}
	if len(sentences) < 100 || len(counts) < 30 {
		t.Fatalf("only %d sentences and %d counts were found", len(sentences), len(counts))
	}
	for lang, tongue := range tongues {
		if lang != "en" {
			same(t, lang, sentences, slices.Sorted(maps.Keys(tongue.says)))
		}
		same(t, lang, counts, slices.Sorted(maps.Keys(tongue.counts)))
	}
}

func same(t *testing.T, lang string, want map[string]bool, got []string) {
	t.Helper()
	for s := range want {
		if !slices.Contains(got, s) {
			t.Errorf("%s lacks %q", lang, s)
		}
	}
	for _, s := range got {
		if !want[s] {
			t.Errorf("%s has %q, which nobody says", lang, s)
		}
	}
}

var verbs = regexp.MustCompile(`%(\[\d\])?[ds%]`)

// arguments are what a sentence is about, by their places.
func arguments(s string) []string {
	out := verbs.FindAllString(s, -1)
	if len(out) == 1 && out[0] != "%%" {
		return []string{out[0][len(out[0])-1:]}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// A sentence has the same arguments in every language: nothing is left out or is another.
func TestLanguagesHaveTheSameArguments(t *testing.T) {
	for source, other := range spanish {
		if !slices.Equal(arguments(source), arguments(other)) {
			t.Errorf("%q has other arguments than %q", other, source)
		}
	}
	for key, source := range english {
		other := spanishCounts[key]
		if !slices.Equal(arguments(source.other), arguments(other.other)) || !slices.Equal(arguments(source.one), arguments(other.one)) {
			t.Errorf("%v has other arguments than %v", other, source)
		}
	}
}

func TestNumbersAndPlurals(t *testing.T) {
	en, es := in("en"), in("es")
	for got, want := range map[string]string{
		en.count("case", 1): "1 case", en.count("case", 0): "0 cases", en.count("case", 12345): "12,345 cases",
		es.count("case", 1): "1 caso", es.count("case", 21): "21 casos", es.count("case", 12345): "12,345 casos",
		en.span(59 * time.Second): "less than a minute", en.span(time.Minute): "1 minute", en.span(119 * time.Minute): "119 minutes", en.span(2 * hour): "2 hours",
		en.span(47 * hour): "47 hours", en.span(48 * hour): "2 days", es.span(25 * hour): "25 horas",
		in("fr").say("No new case."):                 "No new case.",
		es.list([]string{"Google 2", "Instagram 1"}): "Google 2 e Instagram 1",
		es.list([]string{"a", "b", "c"}):             "a, b y c",
		en.list([]string{"a"}) + en.list(nil):        "a",
		es.clock(time.Date(2026, 1, 1, 1, 5, 0, 0, time.UTC), time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)):  "la 01:05",
		es.clock(time.Date(2026, 1, 1, 13, 5, 0, 0, time.UTC), time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC)): "el jueves 1 de enero a las 13:05",
		en.clock(time.Date(2026, 1, 1, 13, 5, 0, 0, time.UTC), time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC)): "Thursday, January 1 at 13:05",
		en.place("facebook", "cedar"): "Facebook cedar", en.place("x", "x"): "X", en.place("", ""): "account not known", en.place("forum", "a"): "forum a",
	} {
		if got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

// Each lane that is said has words, and each outcome.
func TestEveryLaneHasWords(t *testing.T) {
	for _, l := range respond.Lanes {
		if (laneWords[l] != "") != counted(l) {
			t.Errorf("lane %s: words %q", l, laneWords[l])
		}
	}
	for _, o := range respond.Outcomes {
		if outcomeWords[o] == "" {
			t.Errorf("outcome %s has no words", o)
		}
	}
}
