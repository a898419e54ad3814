package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"triage/internal/bus"
	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// pipelineFigures are of comments that are read, sealed, judged and filed,
// against events that are only stored and read back.
type pipelineFigures struct {
	Events  int     `json:"events"`
	Rate    float64 `json:"comments_per_second"`
	RawRate float64 `json:"raw_events_per_second"`
	// Ratio is the first rate divided by the second.
	Ratio float64 `json:"ratio"`
}

// pipeline measures both on one new store. Raw events go before and after, so
// that what else the machine does meets both.
func (b *bench) pipeline(ctx context.Context, f *benchFigures) (err error) {
	s := benchService(filepath.Join(b.dir, "data"))
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	before, err := b.raw(ctx, st.bus, "before")
	if err != nil {
		return err
	}
	took, err := b.journey(ctx, s, st)
	if err != nil {
		return err
	}
	after, err := b.raw(ctx, st.bus, "after")
	if err != nil {
		return err
	}
	f.Pipeline = pipelineFigures{Events: b.events, Rate: rate(b.events, took), RawRate: rate(2*b.events, before+after)}
	f.Pipeline.Ratio = f.Pipeline.Rate / f.Pipeline.RawRate
	return nil
}

// benchService is the service of a practice whose data lie in dir.
func benchService(dir string) *service {
	cfg := defaults()
	cfg.Data.Dir = dir
	cfg.Practice = respond.Practice{Name: "Cedar Family Practice", Phone: "(503) 555-0142"}
	cfg.accountDefaults()
	return &service{cfg: cfg, log: zap.NewNop()}
}

// benchBatch is how many are written at once: what the topics hand on together.
const benchBatch = 250

// raw stores small events in one stream, synced in batches, and reads them back.
func (b *bench) raw(ctx context.Context, on *bus.Bus, when string) (time.Duration, error) {
	j, err := bus.NewJournal(ctx, on, "bench-"+when)
	if err != nil {
		return 0, err
	}
	records := make([]bus.Record, b.events)
	for i := range records {
		records[i] = bus.Record{Key: fmt.Sprintf("event.%d", i), Data: make([]byte, 200)}
	}
	began, stored, read := time.Now(), uint64(0), 0
	for batch := range slices.Chunk(records, benchBatch) {
		if stored, err = j.Append(ctx, stored, batch); err != nil {
			return 0, err
		}
		b.progress.say("raw JetStream: %d events", stored)
	}
	err = j.Each(ctx, 1, func(uint64, bus.Record) error { read++; return nil })
	if err == nil && read != b.events {
		err = fmt.Errorf("%d of %d raw events came back", read, b.events)
	}
	return time.Since(began), err
}

// journey lets comments come all at once, and returns how long it took until the
// desk had the last verdict.
func (b *bench) journey(ctx context.Context, s *service, st *opened) (took time.Duration, err error) {
	l, err := s.line(st, onceSource{b.texts, b.events})
	if err != nil {
		return 0, err
	}
	g, ctx := errgroup.WithContext(ctx)
	reading, done := context.WithCancel(ctx)
	defer done()
	filed, began := 0, time.Now()
	l.consume(reading, g, func(ctx context.Context, batch []classify.Verdict) error {
		if err := l.desk.Take(ctx, batch); err != nil {
			return err
		}
		filed += len(batch)
		b.progress.say("pipeline: %d comments", filed)
		if filed >= b.events {
			took = time.Since(began)
			done()
		}
		return nil
	})
	g.Go(func() error { _, err := l.poller.Sweep(ctx); return err })
	if err := g.Wait(); err != nil || filed >= b.events {
		return took, err
	}
	return 0, ctx.Err()
}

// line is the stages from a platform's answer to the case.
type line struct {
	poller *ingest.Poller
	judge  func(context.Context, []ingest.Comment) error
	desk   *respond.Desk
	st     *opened
}

// line builds them as run does, for one account named page.
func (s *service) line(st *opened, source ingest.Source) (line, error) {
	live, err := s.cfg.liveOf(st.Settings)
	if err != nil {
		return line{}, err
	}
	classifier := &tuned{want: live.classifier}
	if _, err := classifier.now(); err != nil {
		return line{}, err
	}
	gate, err := respond.NewGate(s.cfg.gateOptions())
	if err != nil {
		return line{}, err
	}
	drafter, err := respond.NewDrafter(s.cfg.Practice, nil, gate)
	if err != nil {
		return line{}, err
	}
	judge := judge{texts: st.Texts, sink: st.Verdicts, erased: st.Gone.Has, log: s.log, now: time.Now}
	return line{
		poller: &ingest.Poller{Platform: "facebook", Account: "page", Source: source, Names: st.names, Keep: st.Texts,
			Sink: st.Comments, Marks: st.Marks, Every: time.Minute, Log: s.log, Now: time.Now},
		judge: judge.by(classifier),
		desk: &respond.Desk{Newest: st.Comments.Newest, Erased: st.Gone.Has, Tally: st.Samples.Tally, Cases: st.Cases, Texts: st.Texts,
			Drafter: drafter, Gate: gate, Names: st.names, Rules: live.rules,
			Accounts: map[string]respond.Account{"page": {Lang: "en"}}, Log: s.log, Now: time.Now},
		st: st,
	}, nil
}

// consume runs the stages after the poller until ctx ends, with take for the
// desk's part.
func (l line) consume(ctx context.Context, g *errgroup.Group, take func(context.Context, []classify.Verdict) error) {
	g.Go(func() error { return l.st.Comments.Consume(ctx, l.judge, l.desk.TakeDead) })
	g.Go(func() error { return l.st.Verdicts.Consume(ctx, take, l.desk.TakeDead) })
}

// onceSource shows so many comments at once, with these texts in turn.
type onceSource struct {
	texts []string
	n     int
}

// Sweep implements ingest.Source.
func (s onceSource) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	for from := 0; from < s.n; from += benchBatch {
		batch := make([]ingest.Comment, min(benchBatch, s.n-from))
		for i := range batch {
			n := from + i
			batch[i] = ingest.Comment{Platform: "facebook", Account: "page", Created: time.Now(),
				Content: ingest.Content{Item: fmt.Sprint("item", n), Post: fmt.Sprint("post", n/100), Text: s.texts[n%len(s.texts)]}}
		}
		if err := emit(ctx, batch); err != nil {
			return mark, err
		}
	}
	return mark, nil
}
