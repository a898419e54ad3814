package learn

import (
	"math/rand/v2"
	"strings"
	"testing"

	"triage/internal/classify/learn"
	"triage/internal/respond/gate"
)

// replies are of two kinds that single words tell apart.
func replies(n int) []Reply {
	rng := rand.New(rand.NewPCG(5, 5))
	filler := strings.Fields("the office garden door music friendly parking weekend coffee window poster summer")
	var out []Reply
	for i := range n {
		words := make([]string, 5+rng.IntN(6))
		for k := range words {
			words[k] = filler[rng.IntN(len(filler))]
		}
		r := Reply{Comment: words[0], Safe: i%2 == 0, Why: "thanks only", Lang: "en", Written: i%3 == 2}
		if !r.Safe {
			words[rng.IntN(len(words))] = "zebra"
			r.Why = "confirms_relationship"
		}
		r.Reply = strings.Join(words, " ")
		out = append(out, r)
	}
	return out
}

func TestLearnsWhatIsUnsafe(t *testing.T) {
	all := replies(400)
	var lines [][]string
	for _, r := range all {
		lines = append(lines, strings.Fields(r.Reply))
	}
	l := Learner{
		Vectors: learn.Keep(learn.LearnVectors(lines, 2, func(float64) {}), func(string) bool { return true }, nil),
		Shape:   learn.Shape{Filters: 32, Epochs: 6, Seed: 1}, Name: "test", Pass: 95,
	}
	file, err := l.Network(all)
	if err != nil {
		t.Fatal(err)
	}
	g, err := gate.New(gate.Options{Network: file})
	if err != nil {
		t.Fatal(err)
	}
	refused := g.Check(gate.Outgoing{Text: "the garden door zebra coffee window", Lang: "en"})
	if len(refused) == 0 || refused[0].Rule != "relationship" || !strings.Contains(refused[0].Why, "zebra") {
		t.Errorf("what was learned to be unsafe is answered with %+v", refused)
	}
	if ps := g.Check(gate.Outgoing{Text: "the garden door music coffee window", Lang: "en"}); len(ps) > 0 {
		t.Errorf("what was learned to be safe is refused: %+v", ps)
	}
}

func TestParse(t *testing.T) {
	for line, want := range map[string]string{
		`{"reply":"Thank you!","safe":true,"why":"thanks only"}`: "",
		`{"reply":"See you!","safe":false,"why":"names_person"}`: "",
		`{"reply":"","safe":true}`:                               "empty",
		`{"reply":"See you!","safe":false,"why":"because"}`:      "why",
		`{"reply":"See`: "labelled reply",
	} {
		_, err := Parse([]byte(line))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "See you") {
			t.Errorf("%s: the error quotes the reply", line)
		}
	}
}
