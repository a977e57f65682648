package sandbox

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"
)

// entropy is where ids, tokens and secrets come from: the system's random
// source or, with a seed, a keyed hash. A seeded draw is named, and depends on
// its name and on how often that name was drawn before, but not on what else
// happened meanwhile: requests that arrive side by side leave each other's ids
// alone, so a run repeats the run before. A nil entropy is the system's.
type entropy struct {
	key []byte // nil for the system's random source

	mu    sync.Mutex
	drawn map[string]uint64
}

func newEntropy(seed string) *entropy {
	if seed == "" {
		return &entropy{}
	}
	key := sha512.Sum512([]byte("kvikk sandbox\x00" + seed))
	return &entropy{key: key[:], drawn: make(map[string]uint64)}
}

// scoped is a source of its own for what name stands for.
func (e *entropy) scoped(name string) *entropy {
	if e == nil || e.key == nil {
		return e
	}
	return &entropy{key: e.hash(name), drawn: make(map[string]uint64)}
}

func (e *entropy) hash(text string) []byte {
	h := hmac.New(sha512.New, e.key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// bytes draws n bytes under a name.
func (e *entropy) bytes(n int, name ...string) []byte {
	b := make([]byte, n)
	if e == nil || e.key == nil {
		_, _ = rand.Read(b) // crypto/rand.Read never fails
		return b
	}
	label := strings.Join(name, "\x00")
	e.mu.Lock()
	turn := e.drawn[label]
	e.drawn[label]++
	e.mu.Unlock()
	label += "\x00" + strconv.FormatUint(turn, 10) + "\x00"
	for at := 0; at < n; at += sha512.Size {
		copy(b[at:], e.hash(label+strconv.Itoa(at)))
	}
	return b
}

// uuid draws a version 4 UUID.
func (e *entropy) uuid(name ...string) string {
	var id uuid.UUID
	copy(id[:], e.bytes(len(id), name...))
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// digits draws n decimal digits, the first of them not zero.
func (e *entropy) digits(n int, name ...string) string {
	low := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n-1)), nil)
	span := new(big.Int).Mul(low, big.NewInt(9))
	// 16 bytes more than the digits need, so that no digit is likelier.
	v := new(big.Int).SetBytes(e.bytes(n/2+16, name...))
	return v.Mod(v, span).Add(v, low).String()
}

// token draws what stands in a URL and cannot be guessed.
func (e *entropy) token(name ...string) string {
	return base64.RawURLEncoding.EncodeToString(e.bytes(32, name...))
}

func (e *entropy) base64(n int, name ...string) string {
	return base64.StdEncoding.EncodeToString(e.bytes(n, name...))
}

func (e *entropy) hex(n int, name ...string) string { return hex.EncodeToString(e.bytes(n, name...)) }
