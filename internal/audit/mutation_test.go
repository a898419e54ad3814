package audit

import (
	"bytes"
	"crypto/ed25519"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// spoilt is a log with its checkpoints, to be mutated.
type spoilt struct {
	*memory
	checkpoints []byte
	old         *memory // as it was earlier
	fork        *memory // what another process made of that, with the key
	rnd         *rand.Rand
}

func (s *spoilt) any() int { return s.rnd.IntN(len(s.entries)) }

// renumber closes the gaps in the places, as an intruder would who fills a new
// stream.
func (s *spoilt) renumber() {
	for i := range s.entries {
		s.entries[i].seq = uint64(i + 1)
	}
}

// rechain writes the records from i on anew, with some key.
func (s *spoilt) rechain(i int, key []byte) {
	k, _ := newKeys(key)
	var prev MAC
	if i > 0 {
		before, _ := decode(s.entries[i-1].Data)
		prev = before.MAC
	}
	for ; i < len(s.entries); i++ {
		r, _ := decode(s.entries[i].Data)
		r.N, r.Prev = uint64(i+1), prev
		s.entries[i].Data = r.seal(k.mac())
		prev = r.MAC
	}
}

// forge changes what a record says, and leaves the rest.
func (s *spoilt) forge(i int) {
	r, _ := decode(s.entries[i].Data)
	r.By = "somebody-else"
	s.entries[i].Data = append(r.body(), r.MAC[:]...)
}

var strange = bytes.Repeat([]byte{9}, 32)

// mutations are what an intruder may try. None has the key, but the last.
var mutations = map[string]func(s *spoilt){
	"flip a bit": func(s *spoilt) {
		data := s.entries[s.any()].Data
		data[s.rnd.IntN(len(data))] ^= 1 << s.rnd.IntN(8)
	},
	"file under another key": func(s *spoilt) {
		i := s.any()
		s.entries[i].Key += "x"
	},
	"drop": func(s *spoilt) {
		i := s.rnd.IntN(len(s.entries) - 1) // the last: see truncate
		s.entries = slices.Delete(s.entries, i, i+1)
	},
	"drop and renumber": func(s *spoilt) {
		i := s.rnd.IntN(len(s.entries) - 5)
		s.entries = slices.Delete(s.entries, i, i+1+s.rnd.IntN(5))
		s.renumber()
	},
	"swap": func(s *spoilt) {
		i := s.any()
		j := (i + 1 + s.rnd.IntN(len(s.entries)-1)) % len(s.entries)
		s.entries[i].Entry, s.entries[j].Entry = s.entries[j].Entry, s.entries[i].Entry
	},
	"duplicate": func(s *spoilt) {
		s.entries = slices.Insert(s.entries, s.any(), s.entries[s.any()])
		s.renumber()
	},
	"replace by another": func(s *spoilt) {
		i := s.any()
		s.entries[i].Entry = s.entries[(i+1+s.rnd.IntN(len(s.entries)-1))%len(s.entries)].Entry
	},
	"shift places": func(s *spoilt) {
		for i := s.any(); i < len(s.entries); i++ {
			s.entries[i].seq++
		}
	},
	"truncate": func(s *spoilt) { s.entries = s.entries[:s.any()] },
	"cut the beginning": func(s *spoilt) {
		s.entries = s.entries[1+s.rnd.IntN(len(s.entries)-1):]
		if s.rnd.IntN(2) == 0 {
			s.renumber()
		}
	},
	"insert": func(s *spoilt) {
		i := s.any()
		s.entries = slices.Insert(s.entries, i, s.entries[i])
		s.entries[i].Data = bytes.Clone(s.entries[i].Data)
		s.forge(i)
		s.renumber()
	},
	"append": func(s *spoilt) {
		s.entries = append(s.entries, s.entries[s.any()])
		s.renumber()
	},
	"forge":          func(s *spoilt) { s.forge(s.any()) },
	"forge, rechain": func(s *spoilt) { i := s.any(); s.forge(i); s.rechain(i, strange) },
	"an older copy":  func(s *spoilt) { s.memory = s.old.clone() },
	"an older copy that went on": func(s *spoilt) {
		s.memory = s.old.clone()
		s.entries = append(s.entries, s.entries[s.any()])
		s.rechain(len(s.entries)-1, testKey)
		for len(s.entries) < 30 {
			s.entries = append(s.entries, s.entries[s.any()])
			s.rechain(len(s.entries)-1, testKey)
		}
		s.renumber()
	},
	"a record of a copy that went on": func(s *spoilt) {
		i := len(s.old.entries) + s.rnd.IntN(len(s.fork.entries)-len(s.old.entries)-1)
		s.entries[i].Entry = s.fork.clone().entries[i].Entry
	},
	"flip a bit of a checkpoint": func(s *spoilt) {
		at := s.rnd.IntN(len(s.checkpoints) - 1) // but the last newline
		s.checkpoints[at] ^= 1 << s.rnd.IntN(8)
	},
	"edit a checkpoint": func(s *spoilt) {
		before := bytes.Clone(s.checkpoints)
		for bytes.Equal(before, s.checkpoints) {
			at := bytes.Index(s.checkpoints, []byte(`"n":`)) + 4
			s.checkpoints[at] = '0' + byte(s.rnd.IntN(10))
		}
	},
	"swap checkpoints": func(s *spoilt) {
		lines := bytes.SplitAfter(s.checkpoints, []byte("\n"))
		i := s.rnd.IntN(len(lines) - 2)
		lines[i], lines[i+1] = lines[i+1], lines[i]
		s.checkpoints = bytes.Join(lines, nil)
	},
	"truncate, and sign a checkpoint with another key": func(s *spoilt) {
		s.entries = s.entries[:1+s.rnd.IntN(len(s.entries)-1)]
		r, _ := decode(s.entries[len(s.entries)-1].Data)
		k, _ := newKeys(strange)
		c := Checkpoint{N: r.N, Head: r.MAC, At: time.Unix(0, 0).UTC()}
		c.Sig = ed25519.Sign(k.sign, c.signed())
		s.checkpoints, _ = c.line()
	},
	"all anew, with the key": func(s *spoilt) { i := s.any(); s.forge(i); s.rechain(i, testKey) },
}

// hidden are those that only the checkpoints show.
var hidden = map[string]bool{
	"truncate": true, "an older copy": true, "an older copy that went on": true, "all anew, with the key": true,
	"flip a bit of a checkpoint": true, "edit a checkpoint": true, "swap checkpoints": true,
	"truncate, and sign a checkpoint with another key": true,
}

// sound is a log of 30 records with a checkpoint after every ten.
func sound(t testing.TB) *spoilt {
	m := &memory{}
	l, path := openLog(t, m)
	s := &spoilt{memory: m, rnd: rand.New(rand.NewPCG(3, 4))}
	for i := range 3 {
		if i == 2 {
			s.old, s.fork = m.clone(), m.clone()
			other, _ := openLog(t, s.fork)
			if err := other.Append(t.Context(), acts(10)...); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Project(t.Context(), string(rune('a'+i%2)), i/2*5, acts(5)); err != nil {
			t.Fatal(err)
		}
		if err := l.Append(t.Context(), acts(5)...); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.checkpoints = read(t, path)
	return s
}

func TestNoMutationGoesUnseen(t *testing.T) {
	base := sound(t)
	if r := verify(t, base.memory, base.checkpoints); !r.OK() || r.Records != 30 || r.Checkpoints != 3 || r.Vouched != 30 {
		t.Fatalf("the sound log: %+v", r)
	}
	const each = 500
	if n := len(mutations) * each; n < 10_000 {
		t.Fatalf("only %d mutations", n)
	}
	for name, mutate := range mutations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rnd, unseen := rand.New(rand.NewPCG(5, 6)), 0
			for range each {
				s := *base
				s.memory, s.checkpoints, s.rnd = base.clone(), bytes.Clone(base.checkpoints), rnd
				mutate(&s)
				if verify(t, s.memory, s.checkpoints).OK() {
					t.Error("not seen")
				}
				if verify(t, s.memory, nil).OK() {
					unseen++
				}
			}
			if hidden[name] != (unseen > 0) {
				t.Errorf("without checkpoints %d of %d are not seen: the test is blind", unseen, each)
			}
		})
	}
}
