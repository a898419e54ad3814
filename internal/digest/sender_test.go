package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert"
)

// marks are Marks in memory, with the store's compare-and-set.
type marks struct {
	mu      sync.Mutex
	m       map[string]Mark
	failing error
	writing error
}

func (k *marks) Get(_ context.Context, key string) (Mark, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.m[key], k.failing
}

func (k *marks) Put(_ context.Context, m Mark) (Mark, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.writing != nil {
		return m, k.writing
	}
	if k.m[m.Key].Revision != m.Revision {
		return m, ErrTaken
	}
	m.Revision++
	k.m[m.Key] = m
	return m, nil
}

// office is a practice whose letters are sent, at a time of its own.
type office struct {
	marks *marks
	start time.Time // what the clock shows when the bubble's begins
	began time.Time
	mu    sync.Mutex
	sent  []string // "day hour kind reader", by the practice's clock
	ids   map[string]int
	// down says why the mail server takes nothing now.
	down  func(at time.Time) error
	tried int
}

func newOffice(start string) *office {
	return &office{marks: &marks{m: map[string]Mark{}}, start: date(chicago, start), began: time.Now(), ids: map[string]int{}, down: func(time.Time) error { return nil }}
}

func (o *office) now() time.Time { return o.start.Add(time.Since(o.began)) }

// Post implements Poster.
func (o *office) Post(ctx context.Context, l Letter) error {
	select { // a mail server takes its time
	case <-time.After(time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tried++
	if err := o.down(o.now()); err != nil {
		return err
	}
	o.ids[l.ID]++
	o.sent = append(o.sent, fmt.Sprint(o.now().In(chicago).Format("01-02 15:04 "), l.Subject, " ", l.To))
	return nil
}

func (o *office) sender() *Sender {
	write := func(_ context.Context, i Issue) Letter { return Letter{Subject: string(i.Kind) + " " + i.Lang} }
	morning, weekly := Clock{At: "07:30", Zone: chicago}, Clock{At: "07:30", Days: []time.Weekday{time.Monday}, Zone: chicago}
	return &Sender{Write: write, Poster: o, Marks: o.marks, Log: zap.NewNop(), Now: o.now,
		Digests: []Digest{{Morning, morning, []Reader{{"desk@practice.example", "en"}, {"lee@practice.example", "es"}}}, {Weekly, weekly, []Reader{{"lee@practice.example", "es"}}}}}
}

// run lets senders run for a time.
func (o *office) run(for_ time.Duration, senders ...*Sender) {
	ctx, cancel := context.WithTimeout(context.Background(), for_)
	defer cancel()
	var running sync.WaitGroup
	for _, s := range senders {
		running.Go(func() { _ = s.Run(ctx) })
	}
	running.Wait()
}

// expect is what is sent on working days from one on, all to their readers.
func expect(days ...string) (out []string) {
	for _, day := range days {
		day, monday := strings.CutPrefix(day, "Mon ")
		out = append(out, day+" 07:30 morning en desk@practice.example", day+" 07:30 morning es lee@practice.example")
		if monday {
			out = append(out, day+" 07:30 weekly es lee@practice.example")
		}
	}
	return out
}

func (o *office) check(t *testing.T, want []string) {
	t.Helper()
	slices.Sort(o.sent)
	slices.Sort(want)
	if !slices.Equal(o.sent, want) {
		t.Errorf("sent were\n%s\nwant\n%s", strings.Join(o.sent, "\n"), strings.Join(want, "\n"))
	}
	for id, n := range o.ids {
		if n != 1 || strings.Contains(id, "practice") {
			t.Errorf("%s was sent %d times", id, n)
		}
	}
}

var spring = []string{"03-03", "03-04", "03-05", "03-06", "Mon 03-09", "03-10", "03-11", "03-12", "03-13", "Mon 03-16"}
var autumn = []string{"10-27", "10-28", "10-29", "10-30", "Mon 11-02", "11-03", "11-04", "11-05", "11-06", "Mon 11-09"}

// A fortnight in which the clocks change: each letter at its time by the practice's clock.
func TestFortnight(t *testing.T) {
	for start, want := range map[string][]string{"2026-03-02 08:00": spring, "2026-10-26 08:00": autumn} {
		synctest.Test(t, func(t *testing.T) {
			o := newOffice(start)
			o.run(14*dayLong+2*hour, o.sender())
			o.check(t, expect(want...))
		})
	}
}

// Two replicas at once, each started anew every hour and a bit: still once.
func TestRestartsAndReplicas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice("2026-03-02 08:00")
		for o.now().Before(o.start.Add(14 * dayLong)) {
			o.run(67*time.Minute+30*time.Second, o.sender(), o.sender())
		}
		o.check(t, expect(spring...))
	})
}

// A process is told to stop in the middle of sending: the next one sends it.
func TestStoppedWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice("2026-03-02 08:00")
		o.run(23*hour+30*time.Minute+500*time.Millisecond, o.sender()) // half a second after 07:30
		if len(o.sent) > 0 {
			t.Fatalf("sent were %v", o.sent)
		}
		o.run(hour, o.sender())
		if len(o.sent) != 2 {
			t.Errorf("sent were %v", o.sent)
		}
	})
}

func between(t time.Time, from, until string) bool {
	return within(t, date(chicago, from), date(chicago, until))
}

// The mail server is down for an hour: the letters come when it is back, once, and few
// tries are made.
func TestServerDownForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice("2026-03-02 08:00")
		o.down = func(at time.Time) error {
			if between(at, "2026-03-03 07:00", "2026-03-03 08:30") {
				return &alert.Failure{Why: "the mail server does not answer"}
			}
			return nil
		}
		s := o.sender()
		o.run(28*hour, s)
		if len(o.sent) != 2 || !strings.HasPrefix(o.sent[0], "03-03 08:3") && !strings.HasPrefix(o.sent[0], "03-03 08:4") {
			t.Errorf("sent were %v", o.sent)
		}
		if o.tried > 2*9 || s.Trouble() != nil {
			t.Errorf("%d tries, trouble %v", o.tried, s.Trouble())
		}
	})
}

// It is down all day: the letters are given up after two hours, which is told, also after a
// restart, until the next day's are sent.
func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice("2026-03-02 08:00")
		var last time.Time
		o.down = func(at time.Time) error {
			if at.After(date(chicago, "2026-03-04 00:00")) {
				return nil
			}
			last = at
			return fmt.Errorf("550 desk@practice.example: %w", &alert.Failure{Why: "the mail server refused it: look at its address"})
		}
		s := o.sender()
		o.run(28*hour, s)
		if d := last.Sub(date(chicago, "2026-03-03 07:30")); d < Tries || d > Tries+5*time.Minute {
			t.Errorf("it was last tried after %s", d)
		}
		want := "the morning digest of 2026-03-03 was not sent: the mail server refused it: look at its address (and 1 more letters)"
		if err := s.Trouble(); err == nil || err.Error() != want {
			t.Errorf("the trouble is %v", err)
		}
		again := o.sender()
		if o.run(2*time.Minute, again); again.Trouble() == nil {
			t.Error("after a restart there is no trouble")
		}
		o.run(dayLong, again)
		if err := again.Trouble(); err != nil || len(o.sent) != 2 {
			t.Errorf("the next day: %v, sent %v", err, o.sent)
		}
	})
}

// Nobody was there at the time: up to twelve hours later it is sent, then skipped.
func TestLateAfterAnOutage(t *testing.T) {
	for back, want := range map[string]int{"2026-03-03 19:28": 2, "2026-03-03 19:30": 0} {
		synctest.Test(t, func(t *testing.T) {
			o := newOffice("2026-03-02 08:00")
			o.run(hour, o.sender())
			o.start = o.start.Add(date(chicago, back).Sub(o.now()))
			o.run(3*hour, o.sender())
			if len(o.sent) != want {
				t.Errorf("back at %s: sent were %v", back, o.sent)
			}
		})
	}
}

// A reader who is new gets nothing of before; a time that is changed brings no second
// letter of the day; nor does a clock that is set back.
func TestNotTwiceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice("2026-03-03 08:00")
		o.run(hour, o.sender())
		if len(o.sent) > 0 {
			t.Errorf("at the first start were sent %v", o.sent)
		}
		o.run(dayLong, o.sender())
		changed := o.sender()
		changed.Digests[0].Clock.At = "10:00"
		o.run(2*hour, changed)
		o.start = o.start.Add(-5 * hour)
		o.run(4*hour, o.sender())
		o.check(t, expect("03-04"))
	})
}

// Without a store nothing is sent, for it may have been; that a letter went out is written
// down as soon as the store is back.
func TestStoreInTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice("2026-03-02 08:00")
		o.run(hour, o.sender())
		o.marks.failing = errors.New("no quorum")
		s := o.sender()
		if o.run(dayLong, s); len(o.sent) > 0 || s.Trouble() == nil {
			t.Errorf("sent were %v, trouble %v", o.sent, s.Trouble())
		}
		o.marks.failing = nil
		o.down = func(time.Time) error {
			o.marks.mu.Lock()
			o.marks.writing = errors.New("no quorum")
			o.marks.mu.Unlock()
			time.AfterFunc(5*time.Second, func() { o.marks.mu.Lock(); o.marks.writing = nil; o.marks.mu.Unlock() })
			return nil
		}
		if o.run(hour, s); s.Trouble() != nil || len(o.sent) != 2 {
			t.Errorf("sent were %v, trouble %v", o.sent, s.Trouble())
		}
	})
}
