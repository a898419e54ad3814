package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFaultsSayWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(s *spoilt)
		want  []string // the whole list
	}{
		"changed":   {func(s *spoilt) { s.forge(11) }, []string{"record 12 was changed"}},
		"cut":       {func(s *spoilt) { s.entries[11].Data = s.entries[11].Data[:9] }, []string{"record 12 cannot be read"}},
		"newer":     {func(s *spoilt) { s.entries[11].Data[0] = 9 }, []string{"in no format that this release knows"}},
		"missing":   {func(s *spoilt) { s.entries = slices.Delete(s.entries, 11, 14) }, []string{"records 12 to 14 are missing"}},
		"filed":     {func(s *spoilt) { s.entries[11].Key = "c" }, []string{"record 12 is filed"}},
		"truncated": {func(s *spoilt) { s.entries = s.entries[:25] }, []string{"the log ends at record 25 but a checkpoint of "}},
		"place": {func(s *spoilt) {
			for i := 11; i < 30; i++ {
				s.entries[i].seq++
			}
		}, []string{"record 12 stands at place 13"}},
		"twice":   {func(s *spoilt) { s.entries = slices.Insert(s.entries, 11, s.entries[10]); s.renumber() }, []string{"record 11 stands after record 11"}},
		"own key": {func(s *spoilt) { s.forge(24); s.rechain(24, testKey) }, []string{"record 30 is not the one that a checkpoint of"}},
		"junk": {func(s *spoilt) {
			junk := strings.Repeat("x", 10_000)
			s.checkpoints = slices.Concat([]byte(junk+"\n\n{}\n"), s.checkpoints, []byte(junk))
		}, []string{"line 1 of the checkpoints is no", "line 3 of the checkpoints is no", "line 7 of the checkpoints is no"}},
	} {
		s := sound(t)
		c.spoil(s)
		r := verify(t, s.memory, s.checkpoints)
		if len(r.Faults) != len(c.want) {
			t.Errorf("%s: faults %v, want %q", name, r.Faults, c.want)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(r.Faults[i].What, want) {
				t.Errorf("%s: %q, want %q", name, r.Faults[i].What, want)
			}
		}
	}
}

// growing is a log to which is written while it is read.
type growing struct {
	*memory
	grow func()
}

func (g *growing) Each(ctx context.Context, from uint64, f func(uint64, Entry) error) error {
	return g.memory.Each(ctx, from, func(seq uint64, e Entry) error {
		g.grow()
		return f(seq, e)
	})
}

func TestALogThatGrowsMeanwhileIsNotShort(t *testing.T) {
	m := &memory{}
	l, path := openLog(t, m)
	grow := func() {
		if err := l.Append(t.Context(), acts(3)...); err != nil {
			t.Error(err)
		}
		if _, err := l.Checkpoint(t.Context()); err != nil {
			t.Error(err)
		}
	}
	grow()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	left := 3
	r, err := Verify(t.Context(), &growing{m, func() {
		if left--; left >= 0 {
			grow()
		}
	}}, testKey, f)
	if err != nil || !r.OK() || r.Vouched != 12 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestFaultsAreBounded(t *testing.T) {
	m := &memory{}
	for i := range 3 * faultsMost {
		m.entries = append(m.entries, placed{uint64(i + 1), Entry{Key: direct}})
	}
	if r := verify(t, m, nil); len(r.Faults) != faultsMost || r.More != 2*faultsMost {
		t.Errorf("%d faults and %d more", len(r.Faults), r.More)
	}
}

// generated is a log that is nowhere as a whole.
type generated struct {
	*memory
	n    int
	heap [2]uint64 // live bytes after the first record and after the last
}

func (g *generated) Each(_ context.Context, from uint64, f func(uint64, Entry) error) error {
	k, err := newKeys(testKey)
	if err != nil || from > 1 {
		return err
	}
	h := k.mac()
	r := Record{Act: acts(1)[0]}
	for n := range g.n {
		r.N, r.Prev = uint64(n+1), r.MAC
		if err := f(r.N, Entry{Key: direct, Data: r.seal(h)}); err != nil {
			return err
		}
		if n == 0 || n == g.n-1 {
			var stats runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&stats)
			g.heap[min(n, 1)] = stats.HeapAlloc
		}
	}
	return nil
}

func TestMemoryDoesNotGrowWithTheLog(t *testing.T) {
	g := &generated{n: 100_000}
	r, err := Verify(t.Context(), g, testKey, nil)
	if err != nil || !r.OK() || r.Records != 100_000 {
		t.Fatalf("%+v, %v", r, err)
	}
	if grown := int64(g.heap[1]) - int64(g.heap[0]); grown > 256<<10 {
		t.Errorf("%d bytes more are held after %d records", grown, g.n)
	}
}

// BenchmarkVerify compares with the bare HMAC of the same bytes.
func BenchmarkVerify(b *testing.B) {
	const n = 100_000
	m := &memory{}
	l, path := openLog(b, m)
	for range n / 1000 {
		if err := l.Append(b.Context(), acts(1000)...); err != nil {
			b.Fatal(err)
		}
		if _, err := l.Checkpoint(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	checkpoints := read(b, path)
	var bare, whole time.Duration
	for b.Loop() {
		start := time.Now()
		h := hmac.New(sha256.New, testKey)
		for _, e := range m.entries {
			sum(h, e.Data)
		}
		bare += time.Since(start)
		start = time.Now()
		if r := verify(b, m, checkpoints); !r.OK() {
			b.Fatal(r.Faults)
		}
		whole += time.Since(start)
	}
	b.ReportMetric(float64(n*b.N)/whole.Seconds(), "records/s")
	b.ReportMetric(float64(n*b.N)/bare.Seconds(), "bare-records/s")
	b.ReportMetric(bare.Seconds()/whole.Seconds(), "of-bare")
}
