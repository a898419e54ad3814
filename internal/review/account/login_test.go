package account

import (
	"fmt"
	"testing"
	"time"
)

func TestManyPlacesFillNothing(t *testing.T) {
	var l lately
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	said := 0
	for i := range 3 * placesMost {
		if l.first(fmt.Sprint(i), now) {
			said++
		}
	}
	if said != placesMost || len(l.said) != placesMost || !l.first("0", now.Add(time.Minute)) {
		t.Errorf("%d were said in a minute, of %d", said, len(l.said))
	}
}
