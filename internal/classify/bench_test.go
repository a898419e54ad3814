package classify

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/internal/ingest"
)

// BenchmarkReviews judges real reviews, one a round, where they are at hand.
func BenchmarkReviews(b *testing.B) {
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "reviews.unlabelled.jsonl.gz"))
	if err != nil {
		b.Skip("the reviews are not beside this checkout")
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	var ins []ingest.Comment
	sc := bufio.NewScanner(z)
	for sc.Buffer(nil, 1<<20); sc.Scan() && len(ins) < 4000; {
		var s struct{ Text string }
		if err := json.Unmarshal(sc.Bytes(), &s); err != nil {
			b.Fatal(err)
		}
		ins = append(ins, ingest.Comment{Content: ingest.Content{Text: s.Text}})
	}
	c := classifier(b)
	var j Judgement
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		c.Classify(ins[i%len(ins)], &j)
		i++
	}
}

func BenchmarkClassify(b *testing.B) {
	c := classifier(b)
	in := ingest.Comment{Content: ingest.Content{Text: strings.Repeat("Dr. Lind replaced my hip last spring and the whole team was kind. Parking is easy. ", 4)}}
	var j Judgement
	b.SetBytes(int64(len(in.Content.Text)))
	b.ReportAllocs()
	for b.Loop() {
		c.Classify(in, &j)
	}
}

// TestNoAllocationInTheSteadyState: judging again into the same judgement makes
// no garbage, whatever is found.
func TestNoAllocationInTheSteadyState(t *testing.T) {
	c := classifier(t)
	ins := []ingest.Comment{
		{Content: ingest.Content{Text: "Dr. Lind replaced my hip on 12 May 2021 and my mother's knee, call me on 555-014-7733. Ann Bellweather"}},
		{Content: ingest.Content{Text: "Mi hijo tiene asma y ya no respira bien, ayuda por favor"}},
		{Content: ingest.Content{Text: "Easy parking, kind staff and a fish tank!"}},
	}
	var j Judgement
	judgeAll := func() {
		for _, in := range ins {
			c.Classify(in, &j)
		}
	}
	judgeAll()
	if n := testing.AllocsPerRun(50, judgeAll); n > 0 {
		t.Errorf("%v allocations for %d texts", n, len(ins))
	}
}
