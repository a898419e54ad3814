package store

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"triage/internal/bus"
	"triage/internal/bus/cluster"
	"triage/internal/ingest"
)

// someArchive is one of a few hundred messages that do not compress.
func someArchive(t *testing.T) []byte {
	t.Helper()
	var w bytes.Buffer
	a, err := newArchive(&w, backupKey, header{Part: KeysPart, Practice: "Test", At: time.Now()})
	must(t, err)
	must(t, a.gob.Encode(item{Begin: "keys"}))
	random := rand.NewChaCha8([32]byte{1})
	for i := range 300 {
		data := make([]byte, 1000)
		_, _ = random.Read(data)
		a.total++
		must(t, a.gob.Encode(item{Msg: &bus.Message{Seq: uint64(i + 1), Subject: "keys.x", Data: data}}))
	}
	must(t, a.gob.Encode(item{End: true}))
	must(t, a.finish())
	return w.Bytes()
}

// readAll reads an archive to its end.
func readAll(data []byte) error {
	a, err := openArchive(bytes.NewReader(data), [][]byte{backupKey})
	for err == nil {
		_, err = a.next()
	}
	if err == io.EOF { //nolint:errorlint // anything that only wraps it is a fault
		return nil
	}
	return err
}

func TestDamagedArchivesDoNotOpen(t *testing.T) {
	whole := someArchive(t)
	if err := readAll(whole); err != nil || len(whole) < 4*64<<10 {
		t.Fatalf("%d bytes, %v", len(whole), err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	refused := func(what string, at int, damaged []byte) {
		t.Helper()
		if err := readAll(damaged); err == nil {
			t.Errorf("%s %d is not noticed", what, at)
		} else if err := err.Error(); !strings.Contains(err, "backup") {
			t.Errorf("%s %d: %s", what, at, err)
		}
	}
	for i := range 400 {
		cut := random.IntN(len(whole))
		switch {
		case i < 40:
			cut = i * 2 // the lead
		case i < 100:
			cut = len(whole) - i + 39
		case i < 104:
			cut = 59 + (i-99)*(16+64<<10+16) - 59 + 56 // between two sealed packages
		}
		refused("a cut at", cut, whole[:cut])
		bit := random.IntN(8 * len(whole))
		flipped := slices.Clone(whole)
		flipped[bit/8] ^= 1 << (bit % 8)
		refused("a flip of bit", bit, flipped)
	}
	refused("more after", len(whole), append(slices.Clone(whole), 'x'))
	refused("another after", len(whole), append(slices.Clone(whole), whole...))
}

func TestForeignFilesAreToldApart(t *testing.T) {
	whole := someArchive(t)
	for _, tt := range []struct{ what, data, want string }{
		{"nothing", "", "no backup"},
		{"a text", strings.Repeat("dear diary\n", 100), "no backup"},
		{"an archive of old", "!<arch>\n", "no backup"},
		{"the first line", archiveLine, "no backup"},
		{"a later form", "triage backup 2\n" + string(whole[len(archiveLine):]), "newest release"},
		{"a later form yet", "triage backup 23\n" + string(whole[len(archiveLine):]), "newest release"},
	} {
		if err := readAll([]byte(tt.data)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.what, err)
		}
	}
	if _, err := openArchive(bytes.NewReader(whole), [][]byte{{1}, {2}}); !errors.Is(err, ErrNotOurs) {
		t.Errorf("under other keys: %v", err)
	}
}

// What is sealed under our key and yet not as we write it.
func TestArchivesThatDoNotEndOrHoldOtherThings(t *testing.T) {
	for _, tt := range []struct {
		what  string
		write func(*archive)
	}{
		{"no end", func(a *archive) { must(t, a.gob.Encode(item{Begin: "keys"})); must(t, a.gob.Encode(item{End: true})) }},
		{"another total", func(a *archive) { a.total = 7; must(t, a.gob.Encode(item{Total: a.total})) }},
		{"more after the end", func(a *archive) { must(t, a.gob.Encode(item{})); must(t, a.gob.Encode(item{})) }},
		{"a stream of no backup", func(a *archive) {
			must(t, a.gob.Encode(item{Begin: "KV_sessions"}))
			must(t, a.gob.Encode(item{End: true}))
			must(t, a.gob.Encode(item{}))
		}},
		{"the end within a stream", func(a *archive) { must(t, a.gob.Encode(item{Begin: "keys"})); must(t, a.gob.Encode(item{})) }},
		{"something else", func(a *archive) { must(t, a.gob.Encode("words")) }},
		{"a huge length", func(a *archive) {
			_, err := a.closes[0].(io.Writer).Write([]byte{0xfc, 0x3f, 0xff, 0xff, 0xff, 1, 2})
			must(t, err)
		}},
		{"an impossible length", func(a *archive) {
			_, err := a.closes[0].(io.Writer).Write(bytes.Repeat([]byte{0xf8, 0xff}, 40))
			must(t, err)
		}},
	} {
		var w bytes.Buffer
		a, err := newArchive(&w, backupKey, header{Part: KeysPart})
		must(t, err)
		tt.write(a)
		for _, c := range a.closes {
			must(t, c.Close())
		}
		p := &practice{Store: emptyStore(t)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		opened, err := openArchive(bytes.NewReader(w.Bytes()), [][]byte{backupKey})
		if err == nil {
			err = p.loadAll(t.Context(), opened, nil)
		}
		if runtime.ReadMemStats(&after); err == nil || after.TotalAlloc-before.TotalAlloc > 64<<20 {
			t.Errorf("%s: %v, %d MB", tt.what, err, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}

// emptyStore is one in which nothing is yet.
func emptyStore(t *testing.T) *Store {
	t.Helper()
	return open(t, t.TempDir()).Store
}

func TestLoadRefusesWhatIsNotAWholeBackup(t *testing.T) {
	p := open(t, t.TempDir())
	p.read(t, says(1, "words"))
	whole := p.backup(t)
	data, keys := whole[DataPart], whole[KeysPart]
	for what, parts := range map[string][2][]byte{
		"parts changed over": {keys, data}, "data twice": {data, data}, "keys twice": {keys, keys},
		"data cut": {data[:len(data)-1], keys}, "keys cut": {data, keys[:len(keys)-1]}, "no keys": {data, nil},
	} {
		if r, err := open(t, t.TempDir()).load(t, parts[0], parts[1]); err == nil || !strings.Contains(err.Error(), "restore ") {
			t.Errorf("%s: %+v, %v", what, r, err)
		}
	}
}

func TestBackupEndsWithItsWriter(t *testing.T) {
	p := open(t, t.TempDir())
	p.read(t, says(1, strings.Repeat("words ", 30000)))
	r, w := io.Pipe()
	full := errors.New("full")
	must(t, r.CloseWithError(full))
	if err := p.Backup(t.Context(), w, Backup{Part: DataPart, Key: backupKey}); !errors.Is(err, full) {
		t.Errorf("Backup = %v", err)
	}
}

func TestLoadIntoAStoreInUse(t *testing.T) {
	p := open(t, t.TempDir())
	p.read(t, says(1, "words"))
	b := p.backup(t)
	if _, err := p.load(t, b[DataPart], b[KeysPart]); err == nil || !strings.Contains(err.Error(), "empty store") {
		t.Errorf("Load = %v", err)
	}
}

// live is the largest heap that there was while something was written.
type live struct{ n, next, most uint64 }

func (l *live) Write(b []byte) (int, error) {
	if l.n += uint64(len(b)); l.n >= l.next {
		l.next += 4 << 20
		l.most = max(l.most, heap())
	}
	return len(b), nil
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestBackupTakesLittleMemory(t *testing.T) {
	p := open(t, t.TempDir())
	text := strings.Repeat("x", ingest.MaxText-100)
	for i := range 80 {
		var in []ingest.Comment
		for j := range 8 {
			in = append(in, says(i*8+j, text+strconv.Itoa(i*8+j)))
		}
		p.read(t, in...)
	}
	w, before := &live{}, heap()
	must(t, p.Backup(t.Context(), w, Backup{Part: DataPart, Key: backupKey}))
	grown := int64(w.most) - int64(before)
	// What is on its way between the engine and us is bounded: by what it keeps for a client
	// that is slow (MaxPending, 64 MB), and the parts being written.
	if w.n < 160<<20 || grown > 84<<20 {
		t.Errorf("%d MB written, heap grown by %d MB", w.n>>20, grown>>20)
	}
	t.Logf("%d MB written, heap grown by %d MB", w.n>>20, grown>>20)
}

// A backup of the embedded store moves the practice to servers elsewhere.
func TestRestoreIntoACluster(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: three server processes are not started")
	}
	p := open(t, t.TempDir())
	victim, other := full(t, p)
	old := p.backup(t)
	p.erase(t, victim.ID)
	keys := p.backup(t)[KeysPart]
	access := cluster.Shared(t).Access(t)
	p = openOn(t, connect(t, access))
	r, err := p.load(t, old[DataPart], keys)
	must(t, err)
	p.stop(t)
	p = openOn(t, connect(t, access))
	must(t, p.Settle(t.Context(), p.desk, r, byDana))
	p.gone(t, victim)
	if got := p.opens(t, other.Key()); got != "other words" {
		t.Errorf("another comment says %q", got)
	}
	p.verify(t)
}
