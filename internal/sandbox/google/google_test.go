package google_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

func TestReviews(t *testing.T) {
	b := open(t)
	b.want("empty", fmt.Sprint(b.get(reviews).body), "map[]")
	first := b.review("Dr. Ruiz treated my asthma", `,"author":"Pat E.","created":"2026-08-30T09:00:00Z","more":{"stars":"4"}`)
	rated := b.review("", `,"more":{"stars":"1"},"created":"2026-08-31T09:00:00Z"`)
	second := b.review("Muy amables", `,"author":"","media":"video","more":{"translated":"Very kind"}`)
	r := b.get(reviews)
	b.want("newest first", r.ids(), second+" "+rated+" "+first)
	b.want("average", r.at("averageRating"), 3.3)
	b.want("total", r.at("totalReviewCount"), 3.0)
	b.want("name", r.at("reviews", 2, "name"), place+"/reviews/"+first)
	b.want("text", r.at("reviews", 2, "comment"), "Dr. Ruiz treated my asthma")
	b.want("stars", r.at("reviews", 2, "starRating"), "FOUR")
	b.want("by", r.at("reviews", 2, "reviewer", "displayName"), "Pat E.")
	b.want("created", r.at("reviews", 2, "createTime"), "2026-08-30T09:00:00Z")
	b.want("no reply", r.at("reviews", 2, "reviewReply"), nil)
	b.want("only rated", r.at("reviews", 1, "comment"), nil)
	b.want("translated", r.at("reviews", 0, "comment"), "(Translated by Google) Very kind\n\n(Original)\nMuy amables")
	b.want("anonymous", r.at("reviews", 0, "reviewer", "isAnonymous"), true)
	b.want("video", r.at("reviews", 0, "reviewMediaItems", 0, "videoUrl"), "https://lh3.example/"+second+"/video")
	b.want("one", b.get(reviews+"/"+first).at("reviewId"), first)
	b.want("best first", b.get(reviews+"?orderBy=rating+desc").ids(), second+" "+first+" "+rated)
	b.want("worst first", b.get(reviews+"?orderBy=rating").ids(), rated+" "+first+" "+second)
	batch := b.send("POST", "/v4/accounts/"+sandbox.GoogleAccount+"/locations:batchGetReviews", `{"locationNames":["`+place+`"],"pageSize":1,"ignoreRatingOnlyReviews":true}`)
	b.want("batch", batch.at("locationReviews", 0, "review", "reviewId"), second)
	b.want("of", batch.at("locationReviews", 0, "name"), place)
	if batch.at("nextPageToken") == nil {
		t.Error("the batch has no next page")
	}
}

// An edit brings a review to the top, and a page token counts reviews.
func TestEditsAndPages(t *testing.T) {
	b := open(t)
	var ids []string
	for i := range 5 {
		ids = append(ids, b.review(fmt.Sprint(i), fmt.Sprintf(`,"created":"2026-08-0%dT09:00:00Z"`, i+1)))
	}
	first := b.get(reviews + "?pageSize=2")
	next := func(r reply) reply {
		return b.get(reviews + "?pageSize=2&pageToken=" + url.QueryEscape(fmt.Sprint(r.at("nextPageToken"))))
	}
	b.want("first", first.ids(), ids[4]+" "+ids[3])
	b.want("second", next(first).ids(), ids[2]+" "+ids[1])
	b.want("last", next(next(first)).ids(), ids[0])
	b.want("end", next(next(first)).at("nextPageToken"), nil)
	b.send("PATCH", "/_sandbox/comments/"+ids[0], `{"text":"edited"}`)
	b.send("PATCH", "/_sandbox/comments/"+ids[1], `{"text":"edited in the same second"}`)
	b.want("a page shifted", next(first).ids(), ids[4]+" "+ids[3])
	r := b.get(reviews)
	b.want("edited on top", r.ids(), strings.Join([]string{ids[1], ids[0], ids[4], ids[3], ids[2]}, " "))
	b.want("created stays", r.at("reviews", 0, "createTime"), "2026-08-02T09:00:00Z")
	updated := fmt.Sprint(r.at("reviews", 0, "updateTime"))
	at, err := time.Parse(time.RFC3339Nano, updated)
	if err != nil || at.Before(b.now()) || !strings.Contains(updated, ".") {
		t.Errorf("updated %q, %v", updated, err)
	}
	b.send("PATCH", "/_sandbox/comments/"+ids[1], `{"text":"edited once more"}`)
	b.want("each edit has its time", b.get(reviews).at("reviews", 0, "updateTime") != updated, true)
	b.review("at once", "")
	last := b.review("as this", "")
	b.want("the last made is first of those at once", strings.Fields(b.get(reviews + "?orderBy=updateTime+desc").ids())[2], last)
	b.send("DELETE", "/_sandbox/comments/"+ids[1], "")
	b.says("deleted", b.get(reviews+"/"+ids[1]), 404, "NOT_FOUND")
	b.says("no reply to it", b.send("PUT", reviews+"/"+ids[1]+"/reply", `{"comment":"a"}`), 404, "NOT_FOUND")
	b.want("not listed", b.get(reviews).at("totalReviewCount"), 6.0)
	for _, wrong := range []string{"pageSize=a", "pageSize=-1", "pageToken=x", "orderBy=colour", "colour=red",
		"orderBy=rating&pageToken=" + fmt.Sprint(first.at("nextPageToken"))} {
		b.says(wrong, b.get(reviews+"?"+wrong), 400, "INVALID_ARGUMENT")
	}
}

func TestReplies(t *testing.T) {
	b := open(t)
	id := b.review("My asthma is gone", "")
	put := func(text string) reply {
		raw, _ := json.Marshal(map[string]string{"comment": text})
		return b.send("PUT", reviews+"/"+id+"/reply", string(raw))
	}
	state := func() any { return b.get(reviews+"/"+id).at("reviewReply", "reviewReplyState") }
	r := put("Thank you for your feedback.")
	b.want("put", r.status, 200)
	b.want("moderated first", r.at("reviewReplyState"), "PENDING")
	b.want("in the state", b.get("/_sandbox/state").at("comments", 0, "replies", 0, "text"), "Thank you for your feedback.")
	b.want("by", b.get("/_sandbox/state").at("comments", 0, "replies", 0, "by"), sandbox.PageName)
	b.wait(29 * time.Second)
	b.want("still", state(), "PENDING")
	b.wait(time.Second)
	b.want("then", state(), "APPROVED")
	b.want("replaced", put("Please call us.").at("reviewReplyState"), "PENDING")
	s := b.get("/_sandbox/state")
	b.want("the other text", s.at("comments", 0, "replies", 0, "text"), "Please call us.")
	b.want("one reply", s.at("comments", 0, "replies", 1), nil)
	b.turn("review", "hold")
	b.wait(time.Hour)
	b.want("held", state(), "PENDING")
	b.turn("review", "reject")
	b.want("rejected", state(), "REJECTED")
	b.want("why", b.get(reviews+"/"+id).at("reviewReply", "policyViolation"), "PERSONAL_INFO")
	b.turn("review-after", "2h")
	b.want("later", state(), "PENDING")
	b.want("deleted", fmt.Sprint(b.send("DELETE", reviews+"/"+id+"/reply", "").body), "map[]")
	b.want("none", b.get(reviews+"/"+id).at("reviewReply"), nil)
	b.says("again", b.send("DELETE", reviews+"/"+id+"/reply", ""), 404, "NOT_FOUND")
	b.want("written anew", put("Hello").status, 200)
	b.want("deleted anew", b.send("DELETE", reviews+"/"+id+"/reply", "").status, 200)
	b.want("4096 bytes", put(strings.Repeat("é", 2048)).status, 200)
	b.says("4098 bytes", put(strings.Repeat("é", 2049)), 400, "too long")
	b.says("empty", put(""), 400, "empty")
	b.says("unknown", b.send("PUT", reviews+"/"+id+"/reply", `{"text":"a"}`), 400, "unknown field")
}

func TestStaffRepliesByHand(t *testing.T) {
	b := open(t)
	id := b.review("a", "")
	hand := `{"platform":"google","text":"By hand","author":"Cedar Family Practice","parent":"` + id + `"}`
	b.want("once", b.send("POST", "/_sandbox/comments", hand).status, 200)
	b.want("it is there", b.get(reviews+"/"+id).at("reviewReply", "comment"), "By hand")
	b.says("twice", b.send("POST", "/_sandbox/comments", hand), 400, "one reply")
	b.want("overwritten without a word", b.send("PUT", reviews+"/"+id+"/reply", `{"comment":"By machine"}`).status, 200)
	b.want("the human's text is lost", b.get("/_sandbox/state").at("comments", 0, "replies", 0, "text"), "By machine")
	for body, says := range map[string]string{
		`,"parent":"` + id + `"`:          "only the practice",
		`,"author":"` + place + `"`:       "does not review itself",
		`,"more":{"stars":"6"}`:           "from 1 to 5",
		`,"post":"another","kind":"page"`: "no other can be made",
	} {
		b.says(body, b.send("POST", "/_sandbox/comments", `{"platform":"google","text":"a"`+body+`}`), 400, says)
	}
	b.send("DELETE", "/_sandbox", "")
	b.want("the place is still there", b.review("after the reset", "") != "", true)
}

func TestWhoMayRead(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		token, path string
		status      int
		says        string
	}{
		{"", reviews, 401, "UNAUTHENTICATED"},
		{"Bearer " + sandbox.GoogleExpiredToken, reviews, 401, "UNAUTHENTICATED"},
		{"Bearer " + sandbox.GooglePersonToken, reviews, 403, "PERMISSION_DENIED"},
		{"Bearer " + sandbox.GooglePersonToken, "/v1/accounts", 200, "accounts/999"},
		{"Bearer " + sandbox.GooglePersonToken, "/v1/accounts/999/locations?readMask=name", 200, "{}"},
		{"Bearer " + sandbox.GooglePersonToken, "/v1/accounts/" + sandbox.GoogleAccount + "/locations?readMask=name", 403, "PERMISSION_DENIED"},
		{"Bearer " + sandbox.GoogleUserToken, "/v1/accounts", 200, "PERSONAL"},
		{"Bearer " + sandbox.GoogleUserToken, "/v1/accounts/" + sandbox.GoogleAccount + "/locations?readMask=name,title", 200, `"name":"locations/` + sandbox.GoogleLocation},
		{"Bearer " + sandbox.GoogleUserToken, "/v1/accounts/" + sandbox.GoogleAccount + "/locations", 400, "read_mask"},
		{"Bearer " + sandbox.GoogleUserToken, "/v1/accounts/" + sandbox.GoogleAccount + "/locations?readMask=colour", 400, "field mask"},
		{"Bearer " + sandbox.GoogleUserToken, "/v1/accounts/1/locations?readMask=name", 403, "PERMISSION_DENIED"},
		{"Bearer " + sandbox.GoogleUserToken, "/v4/accounts/1/locations/1/reviews", 403, "PERMISSION_DENIED"},
		{"Bearer " + sandbox.GoogleUserToken, "/v4/accounts/" + sandbox.GoogleAccount + "/locations/1/reviews", 404, "NOT_FOUND"},
		{"Bearer " + sandbox.GoogleUserToken, reviews + "/AbNothing", 404, "NOT_FOUND"},
		{"Bearer " + sandbox.GoogleUserToken, "/v4/nothing", 404, "Method not found"},
		{"Bearer " + sandbox.GoogleUserToken, "/v1/accounts/1", 404, "Method not found"},
	} {
		b.token = c.token
		b.says(c.token+" "+c.path, b.get(c.path), c.status, c.says)
	}
}

func TestAccessTokensEnd(t *testing.T) {
	b := open(t)
	ask := func(change ...string) reply {
		form := url.Values{"client_id": {sandbox.GoogleClientID}, "client_secret": {sandbox.GoogleClientSecret}, "refresh_token": {sandbox.GoogleRefreshToken}, "grant_type": {"refresh_token"}}
		for i := 0; i < len(change); i += 2 {
			form.Set(change[i], change[i+1])
		}
		b.token = ""
		return b.send("POST", "/token", form.Encode())
	}
	r := ask()
	b.want("seconds", r.at("expires_in"), 3599.0)
	b.want("type", r.at("token_type"), "Bearer")
	use := func() int { b.token = "Bearer " + fmt.Sprint(r.at("access_token")); return b.get(reviews).status }
	b.want("fresh", use(), 200)
	b.wait(3598 * time.Second)
	b.want("nearly an hour", use(), 200)
	b.wait(time.Second)
	b.want("an hour", use(), 401)
	b.want("the same refresh token", ask().status, 200)
	b.says("client", ask("client_id", "x"), 401, "invalid_client")
	b.says("secret", ask("client_secret", "x"), 401, "invalid_client")
	b.says("grant", ask("grant_type", "x"), 400, "unsupported_grant_type")
	b.says("token", ask("refresh_token", "x"), 400, "invalid_grant")
	r = ask()
	b.turn("token", "revoked")
	b.says("revoked", ask(), 400, "invalid_grant")
	b.want("and what it gave", use(), 401)
}

func TestTrouble(t *testing.T) {
	for _, c := range []struct {
		name, value, path string
		status            int
		says              string
	}{
		{"location", "unverified", reviews, 400, "FAILED_PRECONDITION"},
		{"location", "forbidden", reviews, 403, "PERMISSION_DENIED"},
		{"location", "missing", reviews, 404, "NOT_FOUND"},
		{"location", "unverified", "/v1/accounts/" + sandbox.GoogleAccount + "/locations?readMask=metadata", 200, `"hasVoiceOfMerchant":false`},
		{"listed", "no", "/v1/accounts/" + sandbox.GoogleAccount + "/locations?readMask=name", 200, "{}"},
		{"service", "disabled", reviews, 403, "SERVICE_DISABLED"},
		{"quota", "none", reviews, 429, `"quota_limit_value":"0"`},
	} {
		b := open(t)
		b.turn(c.name, c.value)
		b.says(c.name+" "+c.value, b.get(c.path), c.status, c.says)
	}
	b := open(t)
	for _, body := range []string{`{}`, `{"locationNames":["here"]}`, `{"locationNames":["` + place + `"],"colour":"red"}`} {
		b.says(body, b.send("POST", "/v4/accounts/"+sandbox.GoogleAccount+"/locations:batchGetReviews", body), 400, "INVALID_ARGUMENT")
	}
}

func TestLimits(t *testing.T) {
	b := open(t)
	id := b.review("a", "")
	put := func() reply { return b.send("PUT", reviews+"/"+id+"/reply", `{"comment":"a"}`) }
	for range 10 {
		b.want("edit", put().status, 200)
	}
	b.says("the eleventh", put(), 429, `"quota_limit_value":"10"`)
	for range 289 {
		b.want("read", b.get(reviews).status, 200)
	}
	b.says("the 301st", b.get(reviews), 429, "RESOURCE_EXHAUSTED")
	b.turn("limits", "off")
	b.want("off", put().status, 200)
	b.turn("limits", "on")
	b.wait(time.Minute)
	b.want("a minute later", put().status, 200)
}
