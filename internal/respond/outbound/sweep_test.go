package outbound_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/outbound"
)

// begun is from when on the sweeps of these tests look.
var begun = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// sweep is one of the world's page.
func (w *world) sweep() *outbound.Sweep {
	return &outbound.Sweep{
		Platform: "facebook", Account: "cedar", Client: w.page, Desk: w.Desk,
		Keep: func(_ context.Context, batch []ingest.Comment) error { return nil },
		Publish: func(_ context.Context, batch []ingest.Comment) error {
			w.handed = append(w.handed, batch...)
			return nil
		},
		Afford: func(ctx context.Context) error { return ctx.Err() },
	}
}

// comment is one of somebody else, reply one of ours to it.
func comment(item, text string) ingest.Comment {
	return ingest.Comment{Platform: "facebook", Account: "cedar", Created: begun.AddDate(0, 1, 0),
		Content: ingest.Content{Item: item, Post: "p", Text: text}}
}

func reply(item, to, text string) ingest.Comment {
	c := comment(item, text)
	c.Own, c.Content.Parent = true, to
	return c
}

func (w *world) cases() (n int) {
	for c := range w.Cases.All() {
		if c.Lane == respond.LaneTakeDown {
			n++
		}
	}
	return n
}

// A reply is held against the rules beside its comment, whether that comes before it,
// after it, or has to be asked for; and by itself where it cannot be read.
func TestSweepFindsTheComment(t *testing.T) {
	said := comment("c1", "Dr. Ruiz delivered my twins in May")
	for name, c := range map[string]struct {
		batches [][]ingest.Comment
		shown   bool
		refused int
		alone   int
	}{
		"in the same batch":    {[][]ingest.Comment{{reply("r1", "c1", twins), said}}, false, 1, 0},
		"in one before":        {[][]ingest.Comment{{said}, {reply("r1", "c1", twins)}}, false, 1, 0},
		"in one after":         {[][]ingest.Comment{{reply("r1", "c1", twins)}, {said}}, false, 1, 0},
		"only when asked for":  {[][]ingest.Comment{{reply("r1", "c1", twins)}}, true, 1, 0},
		"gone":                 {[][]ingest.Comment{{reply("r1", "c1", twins)}}, false, 0, 1},
		"a good reply":         {[][]ingest.Comment{{said, reply("r1", "c1", good)}}, false, 0, 0},
		"bad without a look":   {[][]ingest.Comment{{reply("r1", "c9", bad)}}, false, 1, 0},
		"what we post":         {[][]ingest.Comment{{reply("r1", "", bad)}}, false, 1, 0},
		"nobody sees it":       {[][]ingest.Comment{{{Platform: "facebook", Account: "cedar", Own: true, Standing: ingest.Rejected, Created: begun.AddDate(1, 0, 0), Content: ingest.Content{Item: "r1", Text: bad}}}}, false, 0, 0},
		"from before that day": {[][]ingest.Comment{{{Platform: "facebook", Account: "cedar", Own: true, Created: begun.AddDate(-1, 0, 0), Content: ingest.Content{Item: "r1", Text: bad}}}}, false, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if w.batches = c.batches; c.shown {
				w.texts["c1"] = said.Content.Text
			}
			for range 2 { // the second time finds nothing new
				tally, err := w.sweep().Run(t.Context(), begun)
				w.Must(err)
				if tally.Refused != c.refused || tally.Alone != c.alone || w.cases() != c.refused {
					t.Fatalf("%+v, %d cases; want %d refused, %d alone", tally, w.cases(), c.refused, c.alone)
				}
			}
			if !w.mark.Time.Equal(begun) {
				t.Errorf("it read from %v on", w.mark.Time)
			}
		})
	}
}

// What was read before the platform failed stays found, and it is asked for nothing more.
func TestSweepFails(t *testing.T) {
	w := newWorld(t)
	w.batches = [][]ingest.Comment{{reply("r1", "c1", bad), reply("r2", "c2", twins)}}
	w.broken = errors.New("no answer")
	tally, err := w.sweep().Run(t.Context(), begun)
	if err == nil || w.cases() != 1 || tally.Refused != 1 || w.asked != 0 || len(w.handed) != 1 {
		t.Errorf("%v: %+v, %d cases, asked %d times", err, tally, w.cases(), w.asked)
	}
}

// Where the platform answers for no comment any more the sweep ends, to be gone on with.
func TestSweepOfASilentPlatform(t *testing.T) {
	w := newWorld(t)
	for i := range 9 {
		w.batches = append(w.batches, []ingest.Comment{reply(fmt.Sprint("r", i), fmt.Sprint("c", i), twins)})
	}
	w.failing = true
	if tally, err := w.sweep().Run(t.Context(), begun); err == nil || w.asked != 3 {
		t.Errorf("%v: asked %d times: %+v", err, w.asked, tally)
	}
}

// What was erased does not come back.
func TestSweepLeavesWhatWasErased(t *testing.T) {
	w := newWorld(t)
	w.batches = [][]ingest.Comment{{reply("r1", "", bad)}}
	w.Gone[w.Names.ID("facebook", "cedar", "r1")] = true
	tally, err := w.sweep().Run(t.Context(), begun)
	w.Must(err)
	if tally.Refused != 0 || w.cases() != 0 || len(w.handed) != 0 {
		t.Errorf("%+v, %d cases", tally, w.cases())
	}
}

// However many comments there are, only some are remembered.
func TestSweepIsBounded(t *testing.T) {
	w := newWorld(t)
	for i := range 300 {
		var batch []ingest.Comment
		for j := range 100 {
			item := fmt.Sprintf("c%d-%d", i, j)
			batch = append(batch, comment(item, "A fine place"), reply("r"+item, item, good))
		}
		w.batches = append(w.batches, batch)
	}
	tally, err := w.sweep().Run(t.Context(), begun)
	w.Must(err)
	if tally.Own != 30_000 || w.asked != 0 || w.cases() != 0 {
		t.Errorf("%+v, asked %d times", tally, w.asked)
	}
}

// metered counts calls.
type metered struct{ m ingest.Meter }

func (m *metered) Meter() ingest.Meter { return m.m }

// A sweep takes an hour's budget at once, then half of it as it comes, and waits where
// the platform grants little more.
func TestRation(t *testing.T) {
	now, waited := begun, time.Duration(0)
	m := &metered{}
	r := outbound.Ration{Meter: m, Hourly: 120, Now: func() time.Time { return now },
		Wait: func(_ context.Context, d time.Duration) error { waited += d; now = now.Add(d); return nil }}
	for range 240 {
		m.m.Calls++
		if err := r.Afford(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if waited.Round(time.Second) != 2*time.Hour {
		t.Errorf("240 calls of 120 an hour took %v", waited)
	}
	for want, meter := range map[time.Duration]ingest.Meter{
		15 * time.Minute: {Used: 90}, 40 * time.Minute: {Used: 90, Reset: now.Add(40 * time.Minute)}, 0: {Used: 75},
	} {
		m.m, waited, now = meter, 0, now.Add(0)
		before := now
		if err := r.Afford(t.Context()); err != nil || waited != want {
			t.Errorf("%+v: waited %v, want %v", meter, waited, want)
		}
		now = before
	}
}
