package settings

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// memory is a store shared by several processes.
type memory struct {
	mu      sync.Mutex
	records map[string]Record
	last    uint64
	tell    []func()
	puts    int
}

func (m *memory) All() []Record {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.records))
}

func (m *memory) Put(_ context.Context, r Record, revision uint64) (uint64, error) {
	m.mu.Lock()
	if m.records[r.Name].Revision != revision {
		m.mu.Unlock()
		return 0, ErrConflict
	}
	m.last++
	m.puts++
	r.Revision = m.last
	if m.records == nil {
		m.records = map[string]Record{}
	}
	m.records[r.Name] = r
	tell := slices.Clone(m.tell)
	m.mu.Unlock()
	for _, f := range tell {
		f()
	}
	return r.Revision, nil
}

func (m *memory) OnChange(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tell = append(m.tell, f)
}

func number(s string) (any, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		return nil, errors.New("write a whole number, such as 30")
	}
	return n, nil
}

func duration(s string) (any, error) { return time.ParseDuration(s) }

func declared() []Setting {
	return []Setting{
		{Name: "posting.undo", About: "How long an approval can be taken back.", Default: "30s", Parse: duration},
		{Name: "count", About: "A number.", Default: "1", Parse: number},
	}
}

func open(t *testing.T, m *memory) *Settings {
	t.Helper()
	s, err := New(m, declared())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func of[T any](t *testing.T, s *Settings, name string) Value[T] {
	t.Helper()
	v, err := Of[T](s, name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// find returns what people see of a setting.
func find(t *testing.T, s *Settings, name string) Listed {
	t.Helper()
	list := s.List()
	i := slices.IndexFunc(list, func(l Listed) bool { return l.Name == name })
	if i < 0 {
		t.Fatalf("%s is not listed", name)
	}
	return list[i]
}

func TestChangesShowInEveryProcess(t *testing.T) {
	m := &memory{}
	here, there := open(t, m), open(t, m)
	undo := of[time.Duration](t, there, "posting.undo")
	var told []string
	there.OnChange(func(name string) { told = append(told, fmt.Sprint(name, " ", undo.Get())) })
	if undo.Get() != 30*time.Second || find(t, here, "posting.undo").Version != 0 {
		t.Fatalf("at first %v", undo.Get())
	}
	change := Change{Name: "posting.undo", Value: "1m", By: "ada"}
	if err := here.Set(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	if got := of[time.Duration](t, here, "posting.undo").Get(); got != time.Minute || undo.Get() != time.Minute {
		t.Errorf("here %v, there %v, want 1m", got, undo.Get())
	}
	change.Version, change.Value = find(t, there, "posting.undo").Version, "2m"
	if err := there.Set(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	if err := here.Set(t.Context(), change); !errors.Is(err, ErrConflict) {
		t.Errorf("over an older version: %v, want ErrConflict", err)
	}
	change.Version, change.By = find(t, here, "posting.undo").Version, "eve"
	if err := here.Reset(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	if l := find(t, there, "posting.undo"); l.Value != "30s" || !l.FromFile || l.Version == 0 || l.Changed.By != "eve" {
		t.Errorf("given back: %+v", l)
	}
	if want := []string{"posting.undo 1m0s", "posting.undo 2m0s", "posting.undo 30s"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	wantHistory(t, there, "posting.undo", "eve 2m>30s true", "ada 1m>2m false", "ada 30s>1m false")
	if got := of[int](t, here, "count").Get(); got != 1 {
		t.Errorf("another setting became %d", got)
	}
}

func wantHistory(t *testing.T, s *Settings, name string, want ...string) {
	t.Helper()
	edits, err := s.History(name)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range edits {
		if e.At.IsZero() {
			t.Error("an edit has no time")
		}
		got = append(got, fmt.Sprintf("%s %s>%s %v", e.By, e.From, e.To, e.ToFile))
	}
	if !slices.Equal(got, want) {
		t.Errorf("history %q, want %q", got, want)
	}
}

func TestWhatCannotBeSet(t *testing.T) {
	m := &memory{}
	s := open(t, m)
	for name, c := range map[string]struct {
		change Change
		want   error
	}{
		"not a number": {Change{Name: "count", Value: "many", By: "ada"}, ErrRefused},
		"unknown":      {Change{Name: "nothing", Value: "1", By: "ada"}, ErrUnknown},
		"version":      {Change{Name: "count", Value: "2", By: "ada", Version: 7}, ErrConflict},
	} {
		if err := s.Set(t.Context(), c.change); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := s.Set(t.Context(), Change{Name: "count", Value: "many", By: "ada"}); !strings.Contains(err.Error(), "such as 30") {
		t.Errorf("%v does not say what to write", err)
	}
	if err := s.Set(t.Context(), Change{Name: "count", Value: "2"}); err == nil {
		t.Error("nobody changed it")
	}
	if _, err := s.History("nothing"); !errors.Is(err, ErrUnknown) {
		t.Errorf("history of nothing: %v", err)
	}
	for _, c := range []Change{{Name: "count", Value: "many"}, {Name: "nothing", Value: "1"}, {Name: "count", Value: "2"}} {
		// Set refuses the version besides.
		checked, set := s.Check(c.Name, c.Value), s.Set(t.Context(), Change{Name: c.Name, Value: c.Value, By: "ada", Version: 7})
		if fmt.Sprint(checked) != fmt.Sprint(set) && (checked != nil || !errors.Is(set, ErrConflict)) {
			t.Errorf("Check says %v, Set %v", checked, set)
		}
	}
	if m.puts > 0 {
		t.Errorf("%d were stored", m.puts)
	}
	for range 3 { // the same again is no change
		if err := s.Set(t.Context(), Change{Name: "count", Value: "2", By: "ada", Version: find(t, s, "count").Version}); err != nil {
			t.Fatal(err)
		}
	}
	if m.puts != 1 {
		t.Errorf("%d were stored, want 1", m.puts)
	}
}

func TestDeclarationsAreChecked(t *testing.T) {
	twice := append(declared(), declared()[0])
	if _, err := New(&memory{}, twice); err == nil || !strings.Contains(err.Error(), "posting.undo") {
		t.Errorf("declared twice: %v", err)
	}
	bad := declared()
	bad[1].Default = "many"
	if _, err := New(&memory{}, bad); err == nil || !strings.Contains(err.Error(), "such as 30") {
		t.Errorf("a wrong value in the file: %v", err)
	}
	s := open(t, &memory{})
	if _, err := Of[string](s, "count"); err == nil {
		t.Error("a number was had as a text")
	}
	if _, err := Of[int](s, "nothing"); !errors.Is(err, ErrUnknown) {
		t.Errorf("a setting that is none: %v", err)
	}
}

// An older or newer release, or a stricter gate, meets what is stored.
func TestWhatIsStoredButCannotBeInForce(t *testing.T) {
	m := &memory{last: 9, records: map[string]Record{
		"count": {Name: "count", Value: "dozens", Revision: 4, History: []Edit{{At: time.Now(), By: "ada", From: "1", To: "dozens"}}},
		"old":   {Name: "old", Value: "x", Revision: 5, History: []Edit{{At: time.Now(), By: "ada", From: "y", To: "x"}}},
	}}
	s := open(t, m)
	count := of[int](t, s, "count")
	refused := s.Refused()
	if count.Get() != 1 || len(refused) != 1 || refused[0].Name != "count" || !errors.Is(refused[0].Why, ErrRefused) {
		t.Fatalf("%d, refused %v", count.Get(), refused)
	}
	if l := find(t, s, "count"); l.Value != "1" || l.FromFile || l.Version != 4 || l.Stored != "dozens" || l.Refused == "" {
		t.Errorf("listed as %+v", l)
	}
	if l := find(t, s, "old"); !l.Unknown || l.Stored != "x" || l.Version != 5 {
		t.Errorf("listed as %+v", l)
	}
	wantHistory(t, s, "old", "ada y>x false")
	if m.puts > 0 || len(m.records) != 2 {
		t.Error("what is stored was touched")
	}
	if err := s.Set(t.Context(), Change{Name: "count", Value: "12", By: "eve", Version: 4}); err != nil {
		t.Fatal(err)
	}
	if count.Get() != 12 || len(s.Refused()) > 0 {
		t.Errorf("%d, refused %v", count.Get(), s.Refused())
	}
	wantHistory(t, s, "count", "eve dozens>12 false", "ada 1>dozens false")
}

func TestParseMustKeepToOneType(t *testing.T) {
	parse := func(s string) (any, error) {
		if s == "x" {
			return s, nil
		}
		return number(s)
	}
	s, err := New(&memory{}, []Setting{{Name: "odd", Default: "1", Parse: parse}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Set(t.Context(), Change{Name: "odd", Value: "x", By: "ada"}); !errors.Is(err, ErrRefused) {
		t.Errorf("%v, want ErrRefused", err)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	s := open(t, &memory{})
	for i := range historyMost + 20 {
		c := Change{Name: "count", Value: strconv.Itoa(i + 2), By: "ada", Version: find(t, s, "count").Version}
		if err := s.Set(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	edits, err := s.History("count")
	if err != nil || len(edits) != historyMost || edits[0].To != "121" || edits[historyMost-1].To != "22" {
		t.Errorf("%d edits, %v", len(edits), err)
	}
}
