package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

func openBench(b *testing.B, s *service) *opened {
	b.Helper()
	st, err := s.open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return st
}

// BenchmarkStart is how long the service takes from its start until it is ready
// after a clean stop: with an empty store, and with one of many cases, of which
// four in five are settled (100,000 with TRIAGE_LONG=1).
func BenchmarkStart(b *testing.B) {
	n := 5000
	if long() {
		n = 100_000
	}
	for _, n := range []int{0, n} {
		b.Run(fmt.Sprintf("%d-cases", n), func(b *testing.B) {
			dir := b.TempDir()
			startOnce(b, dir) // the first start makes everything
			fillCases(b, dir, n)
			var took time.Duration
			for b.Loop() {
				took += startOnce(b, dir)
			}
			b.ReportMetric(float64(took.Microseconds())/1000/float64(b.N), "ms-to-ready")
		})
	}
}

// startOnce starts the service and stops it once it is ready.
func startOnce(b *testing.B, dir string) (took time.Duration) {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	page, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	s := benchService(dir)
	s.out, s.page, s.user = io.Discard, page, "admin"
	s.ready = func(string) {
		took = time.Since(began)
		stop()
	}
	if err := s.run(ctx); err != nil {
		b.Fatal(err)
	}
	return took
}

// fillCases stores comments with their texts, verdicts and cases.
func fillCases(b *testing.B, dir string, n int) {
	b.Helper()
	st := openBench(b, benchService(dir))
	ctx, now := b.Context(), time.Now()
	for part := range slices.Chunk(make([]int, n), 250) {
		comments, verdicts, cases := make([]ingest.Comment, len(part)), make([]classify.Verdict, len(part)), make([]respond.Case, len(part))
		for i := range part {
			n--
			c := st.names.Name(ingest.Comment{Platform: "facebook", Account: "page", Created: now,
				Content: ingest.Content{Item: fmt.Sprint("item", n), Post: fmt.Sprint("post", n/40), Text: fmt.Sprint("My knee hurts since the surgery in May ", n)}}, now)
			comments[i] = c
			verdicts[i] = classify.Verdict{Comment: c, At: now, Judgement: classify.Judgement{Level: classify.Clear, Subject: classify.Self, Lang: "en", Judged: true,
				Reasons: []classify.Reason{{Start: 3, End: 7, Kind: "body", Why: "names a part of the body"}, {Start: 24, End: 31, Kind: "procedure", Why: "names a procedure that was done"}}}}
			cases[i] = settledCase(verdicts[i], n%5 > 0)
		}
		for _, err := range []error{st.Texts.Keep(ctx, comments), st.Comments.Publish(ctx, comments), st.Verdicts.Publish(ctx, verdicts), st.Cases.Create(ctx, cases)} {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := st.Close(); err != nil {
		b.Fatal(err)
	}
}

func settledCase(v classify.Verdict, settled bool) respond.Case {
	c := respond.Case{Comment: v.Comment, Judgement: v.Judgement, Lane: respond.LaneClear, Opened: v.At,
		Suggestion: &respond.Suggestion{Template: "thanks", Lang: "en", Text: "Thank you for reaching out. To protect everyone's privacy we keep personal matters off this page. Please call our office at (503) 555-0142."}}
	codes := []string{"opened"}
	if settled {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Sent, By: "marta", Item: c.ID(), Done: v.At,
			Intent: &respond.Intent{Attempt: 1, Started: v.At, Before: []string{c.Comment.Thread}}}}
		codes = []string{"opened", respond.Revealed, "approved", "sending", "sent"}
	}
	for i, do := range codes {
		c.Noted = i + 1
		c.History = append(c.History, respond.Entry{N: i + 1, At: v.At, By: "marta", Do: do, Note: "reply"})
	}
	return c
}

// BenchmarkLoneComment is how long 1,000 comments take, each alone, from when
// the platform's answer is there until their case shows: read, sealed, judged
// and filed. One write to the disk, measured in between, is what that is to be
// compared with.
func BenchmarkLoneComment(b *testing.B) {
	s := benchService(b.TempDir())
	st := openBench(b, s)
	source, stop := stagesOf(b, s, st)
	defer func() {
		stop()
		if err := st.Close(); err != nil {
			b.Fatal(err)
		}
	}()
	var took, syncs []time.Duration
	for b.Loop() {
		for range 1000 {
			took = append(took, source.lone(b))
			if len(took)%10 == 0 {
				syncs = append(syncs, synced(b, s.cfg.Data.Dir))
			}
		}
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	slices.Sort(took)
	slices.Sort(syncs)
	p50, p99, fsync := took[len(took)/2], took[len(took)*99/100], syncs[len(syncs)/2]
	b.ReportMetric(ms(p50), "p50-ms")
	b.ReportMetric(ms(p99), "p99-ms")
	b.ReportMetric(float64(fsync.Nanoseconds())/1000, "fsync-p50-µs")
	b.ReportMetric(float64(p50)/float64(fsync), "p50/fsync")
}

// loneSource is a platform that shows one new comment at each sweep.
type loneSource struct {
	poller *ingest.Poller
	st     *opened
	shown  chan struct{} // a case changed
	n      int
}

// Sweep implements ingest.Source.
func (l *loneSource) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	l.n++
	return mark, emit(ctx, []ingest.Comment{{Platform: "facebook", Account: "page", Created: time.Now(),
		Content: ingest.Content{Item: fmt.Sprint("item", l.n), Post: "post", Text: fmt.Sprintf("Since my knee surgery %d it still hurts every night", l.n)}}})
}

// lone lets one comment come and waits for its case.
func (l *loneSource) lone(b *testing.B) time.Duration {
	began := time.Now()
	if _, err := l.poller.Sweep(b.Context()); err != nil {
		b.Fatal(err)
	}
	id := l.st.names.ID("facebook", "page", fmt.Sprint("item", l.n))
	late := time.After(time.Minute)
	for {
		for c := range l.st.Cases.All() {
			if c.ID() == id {
				return time.Since(began)
			}
		}
		select {
		case <-l.shown:
		case <-late:
			b.Fatal("no case within a minute")
		}
	}
}

// stagesOf runs the stages from the platform to the case.
func stagesOf(b *testing.B, s *service, st *opened) (*loneSource, func()) {
	b.Helper()
	source := &loneSource{st: st, shown: make(chan struct{}, 1)}
	l, err := s.line(st, source)
	if err != nil {
		b.Fatal(err)
	}
	source.poller = l.poller
	st.Cases.OnChange(func() {
		select {
		case source.shown <- struct{}{}:
		default:
		}
	})
	ctx, cancel := context.WithCancel(b.Context())
	var g errgroup.Group
	l.consume(ctx, &g, l.desk.Take)
	return source, func() {
		cancel()
		if err := g.Wait(); err != nil {
			b.Error(err)
		}
	}
}

// synced is how long one small durable write takes.
func synced(b *testing.B, dir string) time.Duration {
	f, err := os.OpenFile(filepath.Join(dir, "sync"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	began := time.Now()
	if _, err := f.Write(make([]byte, 500)); err != nil {
		b.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}
