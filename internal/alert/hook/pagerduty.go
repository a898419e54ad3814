package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert"
)

// oldEvent is how old an event of PagerDuty may be: it repeats what failed for hours, and
// by then another trouble may have begun under the same name.
const oldEvent = 15 * time.Minute

// oneClock is how far our clock and PagerDuty's may be apart.
const oneClock = time.Minute

// event is what PagerDuty's webhooks v3 send, as far as it is needed. incident_key of
// the incident is the dedup_key of the event that opened it. (With alert grouping
// switched on at PagerDuty several alerts share the first one's incident, and only that
// one is acknowledged.)
type event struct {
	Event struct {
		ID       string    `json:"id"`
		Type     string    `json:"event_type"`
		Occurred time.Time `json:"occurred_at"`
		Agent    *struct {
			ID string `json:"id"`
		} `json:"agent"`
		Data struct {
			Key string `json:"incident_key"`
		} `json:"data"`
	} `json:"event"`
}

// signedByPagerDuty: X-PagerDuty-Signature holds one or more "v1=" and the HMAC-SHA256
// of the body in hex, parted by commas; several while a secret is being changed.
func signedByPagerDuty(s Source, header http.Header, body []byte) bool {
	mac := hmac.New(sha256.New, []byte(s.Secret))
	mac.Write(body)
	want := mac.Sum(nil)
	ok := false
	for given := range strings.SplitSeq(header.Get("X-PagerDuty-Signature"), ",") {
		digits, v1 := strings.CutPrefix(strings.TrimSpace(given), "v1=")
		if got, err := hex.DecodeString(digits); v1 && err == nil && same(got, want) {
			ok = true
		}
	}
	return ok
}

// pagerDuty acts on an event. What does not concern us is answered like what does, or
// PagerDuty would send it again and at last switch the subscription off.
func (h *Handler) pagerDuty(w http.ResponseWriter, r *http.Request, s Source, body []byte) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	got := e.Event
	now := h.now()
	if got.Type != "incident.acknowledged" || got.Data.Key == "" || now.Sub(got.Occurred) > oldEvent || h.seen.has(got.ID) {
		w.WriteHeader(http.StatusOK)
		return
	}
	by := "PagerDuty"
	if got.Agent != nil {
		if names := s.people(got.Agent.ID); len(names) > 0 {
			by = names[0]
		}
	}
	for _, one := range h.duty.Standing() {
		if one.IncidentNow() != got.Data.Key || one.Began.Sub(got.Occurred) > oneClock { // of an earlier one under that name
			continue
		}
		if as, told := one.AsHeard(func(line alert.Heard) bool { return line.Channel == s.Name }); told {
			one = as
		}
		if err := h.acknowledge(r.Context(), one, by, s.Name); err != nil {
			h.log.Error("an acknowledgement was not noted", zap.String("channel", s.Name), zap.Error(err))
			w.WriteHeader(http.StatusInternalServerError) // it comes again
			return
		}
		h.log.Info("acknowledged", zap.String("channel", s.Name), zap.String("alert", one.Alert.Key))
	}
	h.seen.add(got.ID)
	w.WriteHeader(http.StatusOK)
}
