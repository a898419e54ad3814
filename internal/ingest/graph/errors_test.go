package graph

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

const deadR, no, later, unclear, pause = "refused+stop", "refused", "later", "unclear", "later+stop"

// errorTable is Meta's, row by row.
var errorTable = []struct {
	code, sub, status int
	write             string
	read              ingest.ReadKind
}{
	{1, 0, 400, unclear, ingest.Temporary}, {2, 0, 500, unclear, ingest.Temporary}, {2, 1545133, 400, unclear, ingest.Temporary},
	{4, 0, 400, later, ingest.Throttled}, {17, 0, 400, later, ingest.Throttled}, {32, 0, 403, later, ingest.Throttled},
	{341, 0, 400, later, ingest.Throttled}, {613, 1996, 400, later, ingest.Throttled}, {80001, 2446079, 400, later, ingest.Throttled},
	{80002, 0, 400, later, ingest.Throttled}, {80006, 0, 400, later, ingest.Throttled}, {80014, 0, 400, later, ingest.Throttled},
	{1200, 0, 400, unclear, ingest.Temporary},
	{190, 0, 400, deadR, ingest.Dead}, {190, 458, 400, deadR, ingest.Dead}, {190, 459, 400, deadR, ingest.Dead}, {190, 460, 401, deadR, ingest.Dead},
	{190, 463, 400, deadR, ingest.Dead}, {190, 464, 400, deadR, ingest.Dead}, {190, 467, 400, deadR, ingest.Dead}, {190, 492, 400, deadR, ingest.Dead},
	{190, 99, 400, deadR, ingest.Dead}, {102, 0, 400, deadR, ingest.Dead},
	{3, 0, 400, no, ingest.Forbidden}, {10, 0, 403, no, ingest.Forbidden}, {200, 0, 403, no, ingest.Forbidden}, {299, 0, 403, no, ingest.Forbidden},
	{10, 2018278, 400, no, ingest.Bad}, {368, 1390008, 400, deadR, ingest.Throttled}, {368, 0, 400, deadR, ingest.Throttled},
	{100, 0, 400, no, ingest.Bad}, {100, 33, 400, no, ingest.Bad}, {100, 2018292, 400, no, ingest.Bad}, {506, 0, 400, unclear, ingest.Bad},
	{551, 1545041, 400, no, ingest.Bad}, {10900, 0, 400, "done", ingest.Bad}, {10901, 0, 400, no, ingest.Bad}, {10902, 0, 400, no, ingest.Bad},
	{10903, 0, 400, no, ingest.Bad}, {1609005, 0, 400, no, ingest.Bad}, {2500, 0, 400, no, ingest.Bad}, {803, 0, 404, no, ingest.Bad},
	{12, 0, 400, no, ingest.Bad}, {987654, 0, 400, no, ingest.Bad}, {987654, 0, 500, unclear, ingest.Temporary}, {100, 0, 503, unclear, ingest.Temporary},
	// Instagram's
	{10, 2534022, 400, no, ingest.Bad}, {100, 2534025, 400, no, ingest.Bad}, {10, 2534025, 400, no, ingest.Bad}, {100, 2534014, 400, no, ingest.Bad},
	{-1, 2534013, 400, no, ingest.Bad}, {10, 2534001, 400, no, ingest.Bad}, {4, 2207051, 403, deadR, ingest.Throttled}, {9, 2207042, 400, pause, ingest.Throttled},
	{24, 0, 400, no, ingest.Bad}, {24, 2207006, 400, no, ingest.Bad}, {2, 2207001, 500, unclear, ingest.Temporary},
}

func TestErrorTable(t *testing.T) {
	for _, words := range []Words{{"Facebook", "Page"}, {"Instagram", "account"}} {
		r := start(t, func(o *Options) { o.Words = words })
		for _, c := range errorTable {
			name := fmt.Sprintf("%s %d/%d with %d", words.Platform, c.code, c.sub, c.status)
			r.says(c.status, fmt.Sprintf(`{"error":{"message":"m","type":"IGApiException","code":%d,"error_subcode":%d,"fbtrace_id":"A"}}`, c.code, c.sub))
			out := r.Write(t.Context(), hello)
			got := string(out.Result)
			if out.StopPosting {
				got += "+stop"
			}
			if got != c.write || !strings.HasPrefix(out.Code, fmt.Sprint(c.code)) {
				t.Errorf("%s: written as %+v", name, out)
			}
			if !strings.ContainsAny(out.Why, ";,") || strings.ContainsAny(out.Why, "\n.{}") {
				t.Errorf("%s: %q is not one sentence with what to do", name, out.Why)
			}
			if (out.Result == ingest.Later) != (out.After > 0) && out.After != longestWait {
				t.Errorf("%s: wait %v", name, out.After)
			}
			_, err := r.Read(t.Context(), "1_2", nil)
			e := readErr(t, err)
			if e.Kind != c.read || e.Why == "" || (e.Kind == ingest.Throttled) != (e.RetryAfter > 0) {
				t.Errorf("%s: read as %+v", name, e)
			}
			if said := out.Why + e.Why; words.Platform == "Instagram" && strings.Contains(said, "Facebook") || strings.Contains(said, "{") {
				t.Errorf("%s: speaks of the wrong platform: %s", name, said)
			}
		}
	}
}

// Answers that are errors without saying it as Meta's manual has it.
func TestOddErrors(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		read   ingest.ReadKind
		write  ingest.Result
		code   string
	}{
		{400, `{"error":{"message":"x","code":190,"error_subcode":463,"error_user_title":null}}`, ingest.Dead, ingest.Refused, "190/463"},
		{400, `{"error":{"message":"x","code":"190"}}`, ingest.Dead, ingest.Refused, "190"},
		{400, `{"error":{"message":"x","code":100,"is_transient":"true"}}`, ingest.Temporary, ingest.Unclear, "100"},
		{400, `{"error":"invalid_token"}`, ingest.Bad, ingest.Refused, "http 400"},
		{400, `{"error_code":190,"error_description":"x"}`, ingest.Dead, ingest.Refused, "190"},
		{503, `{"status":"down"}`, ingest.Temporary, ingest.Unclear, "http 503"},
		{403, `{}`, ingest.Forbidden, ingest.Refused, "http 403"},
		{400, `{"error":{"message":"x"}}`, ingest.Bad, ingest.Refused, "http 400"},
		{200, `{"error":{"message":"x","code":"368"}}`, ingest.Throttled, ingest.Refused, "368"},
		{200, `{"id":"1","error":{"message":"x","code":10}}`, ingest.Forbidden, ingest.Refused, "10"},
		{302, `{"id":"1"}`, ingest.Bad, ingest.Unclear, "http 302"},
	} {
		r := start(t)
		r.says(c.status, c.body)
		_, err := r.Read(t.Context(), "1_1", nil)
		if e := readErr(t, err); e.Kind != c.read {
			t.Errorf("%s: read as %+v", c.body, e)
		}
		if out := r.Write(t.Context(), hello); out.Result != c.write || out.Code != c.code {
			t.Errorf("%s: written as %+v", c.body, out)
		}
	}
}

// A caller may know better what it means that a request is not taken; it is not
// asked where the platform says it.
func TestWordsForWhatIsNotTaken(t *testing.T) {
	r := start(t)
	o := hello
	o.Wrong = "perhaps {platform} hides it; look there"
	for body, want := range map[string]string{
		`{"error":{"code":100}}`: "perhaps Facebook hides it; look there",
		`{}`:                     "perhaps Facebook hides it; look there",
		`{"error":{"code":100,"error_subcode":33}}`: r.say(gone.why),
		`{"error":{"code":10}}`:                     r.say(forbidden.why),
	} {
		r.says(400, body)
		if out := r.Write(t.Context(), o); out.Why != want {
			t.Errorf("%s: %q", body, out.Why)
		}
	}
}

func TestGoneAndWrong(t *testing.T) {
	for code, want := range map[string][2]bool{
		"100/33": {true, true}, "24": {true, false}, "24/2207006": {true, false}, "100": {false, true}, "1003": {}, "240": {}, "": {},
	} {
		err := error(&ingest.ReadError{Code: code})
		if Gone(err) != want[0] || Wrong(err) != want[1] {
			t.Errorf("%s: gone %v, wrong %v", code, Gone(err), Wrong(err))
		}
	}
	if Gone(nil) || Wrong(nil) {
		t.Error("no error is one")
	}
}

func TestThrottledWaitsAsLongAsSaid(t *testing.T) {
	r := start(t)
	r.says(400, `{"error":{"code":80001}}`, "X-Business-Use-Case-Usage", `{"1":[{"call_count":100,"estimated_time_to_regain_access":17}]}`)
	_, err := r.Read(t.Context(), "1", nil)
	if e := readErr(t, err); e.Kind != ingest.Throttled || e.RetryAfter != 17*time.Minute {
		t.Errorf("%+v", e)
	}
	if out := r.Write(t.Context(), hello); out.Result != ingest.Later || out.After != 17*time.Minute {
		t.Errorf("%+v", out)
	}
	r.says(429, `<html>`, "Retry-After", "90")
	if out := r.Write(t.Context(), hello); out.Result != ingest.Later || out.After != 90*time.Second {
		t.Errorf("%+v", out)
	}
	_, err = r.Read(t.Context(), "1", nil)
	if readErr(t, err).RetryAfter != 90*time.Second {
		t.Errorf("%+v", err)
	}
}

func TestThrottleWait(t *testing.T) {
	now := time.Now()
	for usage, want := range map[string]time.Duration{
		`{"1":[{"estimated_time_to_regain_access":9},{"estimated_time_to_regain_access":30}]}`: 30 * time.Minute,
		`{"1":[{"estimated_time_to_regain_access":"12"}]}`:                                     12 * time.Minute,
		`{"1":[{"estimated_time_to_regain_access":7.5}]}`:                                      7 * time.Minute,
		`{"1":[{"estimated_time_to_regain_access":1e30}]}`:                                     throttleWait,
		`{"1":[{"estimated_time_to_regain_access":99999999}]}`:                                 longestWait,
		`{"1":[{"estimated_time_to_regain_access":-5}]}`:                                       throttleWait,
		`rubbish`: throttleWait, `[]`: throttleWait, `{"1":"x"}`: throttleWait,
	} {
		x := ingest.Exchange{Header: http.Header{"X-Business-Use-Case-Usage": {usage}}}
		if got := waitFor(x, now); got != want {
			t.Errorf("%s: %v, want %v", usage, got, want)
		}
	}
}

// What the platform last said of its limits stands, also where an answer in
// between says nothing.
func TestMeter(t *testing.T) {
	now := time.Now()
	r := start(t, func(o *Options) { o.Now = func() time.Time { return now } })
	for i, c := range []struct {
		header, value string
		used          int
		reset         time.Duration
	}{
		{"X-Other", "", 0, 0},
		{"X-Business-Use-Case-Usage", `{"1":[{"type":"pages","call_count":37,"total_time":"81","total_cputime":null}]}`, 81, 0},
		{"X-Other", "", 81, 0},
		{"X-Business-Use-Case-Usage", `{"1":[{"call_count":100,"estimated_time_to_regain_access":30}],"2":[{"type":"instagram","call_count":3}]}`, 100, 30 * time.Minute},
		{"X-App-Usage", `{"call_count":28,"total_time":25,"total_cputime":25}`, 28, 0},
		{"X-App-Usage", `rubbish`, 28, 0},
	} {
		r.says(200, `{"id":"1"}`, c.header, c.value)
		if i%2 == 0 {
			r.Write(t.Context(), hello)
		} else if _, err := r.Read(t.Context(), "1", nil); err != nil {
			t.Fatal(err)
		}
		want := ingest.Meter{Calls: int64(i + 1), Used: c.used}
		if c.reset > 0 {
			want.Reset = now.Add(c.reset)
		}
		got := r.Meter()
		if got.Skew = 0; got != want {
			t.Errorf("%d: %+v, want %+v", i, got, want)
		}
	}
	for _, c := range []struct {
		regain    int // minutes
		later     time.Duration
		used      int
		whichever string
	}{
		{0, 59 * time.Minute, 96, "it is still believed"},
		{0, time.Hour, 0, "it is old, and not repeated"},
		{120, 119 * time.Minute, 96, "it is to last for so long"},
		{120, 2 * time.Hour, 0, "it was to last for so long"},
	} {
		r.says(200, `{"id":"1"}`, "X-App-Usage", fmt.Sprintf(`{"call_count":96,"estimated_time_to_regain_access":%d}`, c.regain))
		r.Write(t.Context(), hello)
		if now = now.Add(c.later); r.Meter().Used != c.used {
			t.Errorf("%s: %d percent after %v", c.whichever, r.Meter().Used, c.later)
		}
	}
}
