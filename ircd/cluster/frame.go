package cluster

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"sync"
)

// A frame is what one server sends another in one message of NATS:
//
//	1 byte    version of this layout, 1
//	1 byte    lane
//	1 byte    kind
//	8 bytes   session of the sender
//	8 bytes   session of the receiver, as the sender knows it, or 0
//	8 bytes   number: of this frame in its session or, in those that are not counted,
//	          of the last that was
//	          payload
//	16 bytes  the beginning of an HMAC-SHA-256 of all of the above
//
// with numbers big-endian. Only the two servers know the key, so no third one,
// although it may be connected to both, can speak for either.
type frame struct {
	lane, kind byte
	from, to   uint64
	number     uint64
	payload    []byte
}

// The kinds. Numbers must not be used again for anything else.
const (
	kindOpen    = 1 // begins a session, or answers that
	kindData    = 2 // several pieces, each after its length; this and the next three are counted
	kindRequest = 3 // identifier, query
	kindAnswer  = 4 // identifier, answer
	kindRefusal = 5 // identifier, error
	kindPing    = 6 // see ping
	kindClose   = 7 // ends a session: flags, reason
)

func (f *frame) counted() bool { return f.kind >= kindData && f.kind <= kindRefusal }

const (
	frameVersion = 1
	headLen      = 27
	macLen       = 16
)

var errFrame = errors.New("a frame does not read")

// A sealer makes and checks the end of frames in one direction.
type sealer struct {
	mu  sync.Mutex
	mac hash.Hash
	sum [sha256.Size]byte
}

// sealers returns those for what is sent and what is received, given our own key and
// that of the other server. The names make them those of this pair and direction.
func sealers(ours *ecdh.PrivateKey, theirs []byte, ourName, theirName string) (out, in *sealer, err error) {
	public, err := ecdh.X25519().NewPublicKey(theirs)
	if err != nil {
		return nil, nil, fmt.Errorf("its key for this run: %w", err)
	}
	shared, err := ours.ECDH(public)
	if err != nil {
		return nil, nil, fmt.Errorf("its key for this run: %w", err)
	}
	derive := func(from, to string) (*sealer, error) {
		key, err := hkdf.Key(sha256.New, shared, nil, "parley link\x00"+from+"\x00"+to, sha256.Size)
		return &sealer{mac: hmac.New(sha256.New, key)}, err
	}
	if out, err = derive(ourName, theirName); err == nil {
		in, err = derive(theirName, ourName)
	}
	return out, in, err
}

// end returns the end of b.
func (s *sealer) end(b []byte) []byte {
	s.mac.Reset()
	s.mac.Write(b)
	return s.mac.Sum(s.sum[:0])[:macLen]
}

// seal returns a frame as bytes.
func (s *sealer) seal(f *frame) []byte {
	b := make([]byte, 0, headLen+len(f.payload)+macLen)
	b = append(b, frameVersion, f.lane, f.kind)
	b = binary.BigEndian.AppendUint64(b, f.from)
	b = binary.BigEndian.AppendUint64(b, f.to)
	b = binary.BigEndian.AppendUint64(b, f.number)
	b = append(b, f.payload...)
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(b, s.end(b)...)
}

// open reads a frame, whose payload is a part of b.
func (s *sealer) open(b []byte) (f frame, err error) {
	if len(b) < headLen+macLen || b[0] != frameVersion {
		return f, errFrame
	}
	body, end := b[:len(b)-macLen], b[len(b)-macLen:]
	s.mu.Lock()
	genuine := subtle.ConstantTimeCompare(s.end(body), end) == 1
	s.mu.Unlock()
	if !genuine {
		return f, fmt.Errorf("%w: it is not from whom it says", errFrame)
	}
	return frame{
		lane: body[1], kind: body[2],
		from: binary.BigEndian.Uint64(body[3:]), to: binary.BigEndian.Uint64(body[11:]),
		number: binary.BigEndian.Uint64(body[19:]), payload: body[headLen:],
	}, nil
}

// appendPiece appends one piece of the payload of kindData.
func appendPiece(b, piece []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(piece))), piece...)
}

// nextPiece cuts off the first piece.
func nextPiece(b []byte) (piece, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, errFrame
	}
	end := size + int(n)
	return b[size:end:end], b[end:], nil
}
