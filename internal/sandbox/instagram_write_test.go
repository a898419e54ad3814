package sandbox

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// privately is a private answer to a comment.
func privately(id, text string) url.Values {
	return form("recipient", `{"comment_id":"`+id+`"}`, "message", `{"text":"`+text+`"}`)
}

func TestInstagramWrites(t *testing.T) {
	now := time.Date(2026, 9, 10, 12, 0, 0, 0, time.UTC)
	b := open(t, Options{Now: func() time.Time { return now }})
	say := func(more string) string { return b.say(`{"platform":"instagram","text":"a rash"` + more + `}`) }
	fresh, other, old := say(""), say(""), say(`,"created":"2026-09-03T11:59:59Z"`)
	nobody, own := say(`,"author":""`), say(`,"author":"`+InstagramID+`"`)
	below := say(`,"parent":"` + other + `"`)
	media := at(b.get("/"+fresh, "fields=media"), "media", "id").(string)
	long := strings.Repeat("é", 501) // 1002 bytes
	for _, c := range []struct {
		name, path string
		form       url.Values
		code, sub  any
	}{
		{"reply", fresh + "/replies", form("message", "Please call us."), nil, nil},
		{"reply to a reply", below + "/replies", form("message", "Please call us."), nil, nil},
		{"comment", media + "/comments", form("message", "Thank you all"), nil, nil},
		{"empty", fresh + "/replies", nil, 100.0, nil},
		{"long", fresh + "/replies", form("message", strings.Repeat("é", 2201)), 100.0, nil},
		{"the edge of Facebook", fresh + "/comments", form("message", "x"), 100.0, nil},
		{"to nothing", "17990000000000007/replies", form("message", "x"), 100.0, 33.0},
		{"hide", fresh, form("hide", "true"), nil, nil},
		{"hide as on Facebook", fresh, form("is_hidden", "true"), 100.0, nil},
		{"reply to what is hidden", fresh + "/replies", form("message", "x"), 100.0, nil},
		{"hide the top one", other, form("hide", "true"), nil, nil},
		{"reply below what is hidden", below + "/replies", form("message", "x"), 100.0, nil},
		{"show", fresh, form("hide", "false"), nil, nil},
		{"reply again", fresh + "/replies", form("message", "x"), nil, nil},
		{"privately", PageID + "/messages", privately(fresh, "Hello"), nil, nil},
		{"privately twice", PageID + "/messages", privately(fresh, "Hello"), 100.0, 2534025.0},
		{"privately too late", "me/messages", privately(old, "Hello"), 10.0, 2534022.0},
		{"privately to nobody", "me/messages", privately(nobody, "Hello"), 100.0, 2534025.0},
		{"privately to ourselves", "me/messages", privately(own, "Hello"), 100.0, 2534025.0},
		{"privately to nothing", "me/messages", privately("17990000000000007", "Hello"), 100.0, 2534025.0},
		{"privately too long", "me/messages", privately(other, long), 100.0, nil},
		{"privately from the account", InstagramID + "/messages", privately(other, "Hello"), 100.0, 33.0},
		{"as a person", fresh + "/replies", form("message", "x", "access_token", UserToken), 100.0, 33.0},
		{"delete another's", fresh, form("method", "DELETE"), nil, nil},
		{"delete again", fresh, form("method", "DELETE"), 100.0, 33.0},
		{"delete a post", media, form("method", "DELETE"), 100.0, nil},
	} {
		_, out := b.graph("POST", "/v26.0/"+c.path, c.form)
		b.want(c.name+" code", at(out, "error", "code"), c.code)
		b.want(c.name+" subcode", at(out, "error", "error_subcode"), c.sub)
	}
	for _, c := range []struct {
		id, want string
	}{{own, "[]"}, {other, "[a rash Please call us.]"}} {
		var got []string
		for _, s := range b.server.State().Comments {
			for _, r := range s.Replies {
				if s.ID == c.id {
					got = append(got, r.Text)
				}
			}
		}
		b.want("replies in the state", "["+strings.Join(got, " ")+"]", c.want)
	}
}

func TestInstagramPrivateErrorsAsOnFacebook(t *testing.T) {
	now := time.Date(2026, 9, 10, 12, 0, 0, 0, time.UTC)
	b := open(t, Options{Now: func() time.Time { return now }})
	b.set("instagram", "private-errors", "facebook")
	b.set("instagram", "recipient", "left-out")
	fresh := b.say(`{"platform":"instagram","text":"a"}`)
	old := b.say(`{"platform":"instagram","text":"a","created":"2026-09-03T11:59:59Z"}`)
	nobody := b.say(`{"platform":"instagram","text":"a","author":""}`)
	_, out := b.graph("POST", "/me/messages", privately(fresh, "Hello"))
	if at(out, "message_id") == nil || at(out, "recipient_id") != nil {
		t.Errorf("answered %v", out)
	}
	for id, code := range map[string]float64{fresh: 10900, old: 10901, nobody: 10903} {
		_, out := b.graph("POST", "/me/messages", privately(id, "Hello"))
		b.want(id, at(out, "error", "code"), code)
		b.want(id+" type", at(out, "error", "type"), "IGApiException")
	}
}

func TestInstagramHiddenAndRestricted(t *testing.T) {
	b := open(t, Options{})
	media, made := b.media(3)
	b.graph("POST", "/"+made[0], form("hide", "true"))
	own := b.say(`{"platform":"instagram","text":"ours","post":"Flu shots","author":"` + InstagramName + `","created":"2026-09-01T09:00:00Z"}`)
	_, out := b.graph("POST", "/"+own, form("hide", "1"))
	b.want("one's own can be hidden", at(out, "success"), true)
	list := func() string { return ids(at(b.get("/"+media+"/comments", ""), "data")) }
	b.want("hidden ones are listed", list(), strings.Join([]string{made[2], made[1], made[0], own}, " "))
	b.set("instagram", "hidden", "left-out")
	b.want("or not, but one's own are", list(), strings.Join([]string{made[2], made[1], own}, " "))
	b.want("read by id", at(b.get("/"+made[0], "fields=hidden"), "hidden"), true)

	late := b.say(`{"platform":"instagram","text":"restricted","post":"Flu shots","more":{"restricted":"true"}}`)
	b.want("not shown", at(b.get("/"+late, ""), "error", "error_subcode"), 33.0)
	b.want("not listed", list(), strings.Join([]string{made[2], made[1], own}, " "))
	b.do("PATCH", "/_sandbox/comments/"+late, `{"more":{"restricted":"false"}}`)
	b.want("approved", list(), strings.Join([]string{late, made[2], made[1], own}, " "))
	for _, bad := range []string{`"more":{"restricted":"maybe"}`, `"more":{"colour":"red"}`, `"media":"photo"`} {
		if status, _ := b.do("POST", "/_sandbox/comments", `{"platform":"instagram","text":"x",`+bad+`}`); status != 400 {
			t.Errorf("%s: %d", bad, status)
		}
	}
}

func TestInstagramAdvertisement(t *testing.T) {
	b := open(t, Options{})
	id := b.say(`{"platform":"instagram","text":"on an ad","post":"Ad","kind":"dark"}`)
	ad := at(b.get("/"+id, "fields=media"), "media", "id").(string)
	b.want("product", at(b.get("/"+ad, "fields=media_product_type"), "media_product_type"), "AD")
	b.want("comments", ids(at(b.get("/"+ad+"/comments", ""), "data")), "")
}
