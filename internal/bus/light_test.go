package bus

import (
	"errors"
	"testing"
)

// While it runs, the index is saved when enough has changed, and not each time.
func TestIndexIsSavedMeanwhile(t *testing.T) {
	b := start(t, t.TempDir(), "")
	k := filledHeavy(t, b)
	saved := func() uint64 {
		k.saving.Lock()
		defer k.saving.Unlock()
		return k.savedSeq
	}
	before := saved()
	told := make(chan struct{}, 1)
	k.OnChange(func() {
		select {
		case told <- struct{}{}:
		default:
		}
	})
	putHeavy(t, k, heavy{ID: "one"})
	<-told
	if k.saveIf(false); saved() != before {
		t.Fatal("saved for one change")
	}
	if err := k.Create(t.Context(), heavies(2500+savedLeast)); err != nil {
		t.Fatal(err)
	}
	for saved() < before+savedLeast {
		putHeavy(t, k, heavy{ID: "one"}) // fails by the test's own time limit
	}
	wantAll(t, b, index(heavyBucket(t, b)))
}

func TestLightFormIsNeverStored(t *testing.T) {
	k := heavyBucket(t, start(t, t.TempDir(), ""))
	putHeavy(t, k, heavy{ID: "a", Body: "b", Rest: "r"})
	seen, found := k.Peek("a")
	if !found || seen.Value.Whole() || seen.Value.Rest != "" {
		t.Fatalf("Peek shows %+v, want the light form", seen.Value)
	}
	_, put := k.Put(t.Context(), seen.Value)
	_, update := k.Update(t.Context(), seen.Value, seen.Revision)
	_, insert := k.Insert(t.Context(), heavy{ID: "b", Part: true})
	create := k.Create(t.Context(), []heavy{{ID: "c", Part: true}})
	for _, err := range []error{put, update, insert, create} {
		if !errors.Is(err, errLight) {
			t.Errorf("%v, want a refusal", err)
		}
	}
	if r, err := k.Get(t.Context(), "a"); err != nil || r.Value.Rest != "r" {
		t.Errorf("%+v, %v", r, err)
	}
}
