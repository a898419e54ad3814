package comments

import (
	"encoding/csv"
	"errors"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/internal/classify/learn"
	"triage/internal/classify/lexicon"
	"triage/internal/classify/outputs"
)

// TestRHMD retrains the same network on Reddit posts that name a disease (Naseem
// et al., WWW 2022: figurative, another mention, a health mention) in five
// folds; posts of the same words are in the same fold. Published: macro F1 0.75.
func TestRHMD(t *testing.T) {
	if os.Getenv("TRIAGE_LONG") == "" {
		t.Skip("TRIAGE_LONG is not set: five networks are not trained")
	}
	b, err := os.ReadFile(filepath.Join("..", "vectors.bin"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := learn.ReadVectors(b)
	if err != nil {
		t.Fatal(err)
	}
	task := (&Learner{Vectors: v, Shape: learn.Shape{Filters: 96, Epochs: 6, Seed: 1}}).task()
	task.Folds = 5
	var examples []learn.Example
	ps := posts(t)
	for _, p := range ps {
		e := exampleOf(&Example{Tokens: p.tokens, Labels: Labels{Level: p.label, Subject: 3}})
		e.Group = p.words
		examples = append(examples, e)
	}
	r, err := task.Train(examples)
	if err != nil {
		t.Fatal(err)
	}
	var n [3][3]float64
	for i, a := range r.Held {
		best := 0
		for l := range 3 {
			if a[outputs.Level+l] > a[outputs.Level+best] {
				best = l
			}
		}
		n[ps[i].label][best]++
	}
	sum := 0.0
	for l := range 3 {
		all := 0.0
		for k := range 3 {
			all += n[l][k] + n[k][l]
		}
		sum += 2 * n[l][l] / all / 3
	}
	t.Logf("%d posts: macro F1 %.3f", len(ps), sum)
	if sum < 0.75 {
		t.Errorf("macro F1 is %.3f, below what was published", sum)
	}
}

type post struct {
	tokens []lexicon.Input
	label  int
	words  uint64 // what it says, whatever its letters' size
}

func posts(t *testing.T) []post {
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "..", "shared", "data", "rhmd.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("one labelled set skipped: it is not beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	c, err := lexicon.Load()
	if err != nil {
		t.Fatal(err)
	}
	text, label := column(rows[0], "text"), column(rows[0], "label")
	if text < 0 || label < 0 {
		t.Fatalf("columns %v: want text and label", rows[0])
	}
	var ps []post
	for _, r := range rows[1:] {
		h := fnv.New32()
		_, _ = h.Write([]byte(strings.Join(strings.Fields(strings.ToLower(r[text])), " ")))
		l := strings.Index("012", r[label])
		if l < 0 || r[label] == "" {
			t.Fatalf("label %q", r[label])
		}
		ps = append(ps, post{c.Inputs(r[text], "en"), l, uint64(h.Sum32()) + 5})
	}
	return ps
}

func column(head []string, name string) int {
	for i, h := range head {
		if strings.EqualFold(strings.TrimSpace(h), name) {
			return i
		}
	}
	return -1
}
