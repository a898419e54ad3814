package learn

import (
	"encoding/csv"
	"errors"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/internal/classify/lexicon"
)

// TestRHMD retrains the same network on Reddit posts that name a disease (Naseem
// et al., WWW 2022: figurative, another mention, a health mention) in five
// folds; posts of the same words are in the same fold. Published: macro F1 0.75.
func TestRHMD(t *testing.T) {
	if os.Getenv("TRIAGE_LONG") == "" {
		t.Skip("TRIAGE_LONG is not set: five networks are not trained")
	}
	v, err := os.ReadFile("vectors.bin")
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := ReadVectors(v)
	if err != nil {
		t.Fatal(err)
	}
	c := newCorpus(vectors)
	var texts []versions
	var targets []target
	var labels, fold []int
	for _, p := range posts(t) {
		e := Example{Tokens: p.tokens, Labels: Labels{Level: p.label, Subject: 3}}
		texts, targets = append(texts, c.versions(e.Tokens)), append(targets, targetOf(&e))
		labels, fold = append(labels, p.label), append(fold, p.fold)
	}
	var n [3][3]float64
	for f := range 5 {
		var in, out []int
		for i := range texts {
			if fold[i] == f {
				out = append(out, i)
			} else {
				in = append(in, i)
			}
		}
		tr := newTrainer(c, Shape{Filters: 96, Epochs: 6, Seed: 1})
		tr.train(pick(texts, in), pick(targets, in), func(float64) {})
		plain := make([][]int32, len(out))
		for k, i := range out {
			plain[k] = texts[i][0]
		}
		for k, a := range tr.predict(plain) {
			best := 0
			for l := range 3 {
				if a[l] > a[best] {
					best = l
				}
			}
			n[labels[out[k]]][best]++
		}
	}
	sum := 0.0
	for l := range 3 {
		all := 0.0
		for k := range 3 {
			all += n[l][k] + n[k][l]
		}
		sum += 2 * n[l][l] / all / 3
	}
	t.Logf("%d posts: macro F1 %.3f", len(texts), sum)
	if sum < 0.75 {
		t.Errorf("macro F1 is %.3f, below what was published", sum)
	}
}

func pick[T any](all []T, at []int) []T {
	out := make([]T, len(at))
	for i, k := range at {
		out[i] = all[k]
	}
	return out
}

type post struct {
	tokens      []lexicon.Input
	label, fold int
}

func posts(t *testing.T) []post {
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "data", "rhmd.csv"))
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
		ps = append(ps, post{c.Inputs(r[text], "en"), l, int(h.Sum32() % 5)})
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
