/* Base64, digests and signatures; loaded only by forms that need them, before or after xpath.js. ES5. */
(function (global) {
  'use strict';
  function extend(X) {
  var F = X.functions, def = X.def, text = X.text, texts = X.parts.texts, spend = X.parts.spend;

  /* base64 and digests */
  var B64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  function bytesOf(t) { var u = unescape(encodeURIComponent(t.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(^|[^\ud800-\udbff])[\udc00-\udfff]/g, '$1?'))), out = [], i; for (i = 0; i < u.length; i++) out.push(u.charCodeAt(i)); return out; }
  function base64(b) {
    var out = '', i, n;
    for (i = 0; i < b.length; i += 3) { n = b[i] << 16 | (b[i + 1] || 0) << 8 | (b[i + 2] || 0); out += B64.charAt(n >> 18) + B64.charAt(n >> 12 & 63) + (i + 1 < b.length ? B64.charAt(n >> 6 & 63) : '=') + (i + 2 < b.length ? B64.charAt(n & 63) : '='); }
    return out;
  }
  function decoded(t) {
    if (t.length % 4 || !/^[A-Za-z0-9+\/]*={0,2}$/.test(t)) return null;
    var s = '', i, n, pad = (/=*$/.exec(t)[0]).length;
    for (i = 0; i < t.length; i += 4) { n = B64.indexOf(t.charAt(i)) << 18 | B64.indexOf(t.charAt(i + 1)) << 12 | (B64.indexOf(t.charAt(i + 2)) & 63) << 6 | (B64.indexOf(t.charAt(i + 3)) & 63); s += String.fromCharCode(n >> 16 & 255, n >> 8 & 255, n & 255); }
    return s.slice(0, s.length - pad);
  }
  /* The text of UTF-8 bytes, each wrong sequence read as one replacement sign, as browsers and Python do. */
  function utf8(s) { try { return decodeURIComponent(escape(s)); } catch (error) { return replaced(s); } }
  function replaced(s) {
    var out = '', i = 0, b, need, low, high, n;
    while (i < s.length) {
      b = s.charCodeAt(i++);
      if (b < 128) { out += String.fromCharCode(b); continue; }
      need = b >= 194 && b < 224 ? 1 : b >= 224 && b < 240 ? 2 : b >= 240 && b < 245 ? 3 : 0;
      low = b === 224 ? 160 : b === 240 ? 144 : 128; high = b === 237 ? 159 : b === 244 ? 143 : 191;
      for (n = 0; n < need && i < s.length && s.charCodeAt(i) >= low && s.charCodeAt(i) <= high; n++) { i++; low = 128; high = 191; }
      out += need && n === need ? decodeURIComponent(escape(s.slice(i - need - 1, i))) : '\ufffd';
    }
    return out;
  }
  F['base64-decode'] = texts(1, 1, function (t) { var s = decoded(t); return s === null ? '' : utf8(s); });
  function rol(x, n) { return x << n | x >>> (32 - n); }
  function padded(b, little) {
    var bits = b.length * 8, i, w = [];
    b = b.concat([128]);
    while (b.length % 64 !== 56) b.push(0);
    for (i = 0; i < 8; i++) b.push(little ? (i < 4 ? bits >>> 8 * i & 255 : 0) : (i < 4 ? 0 : bits >>> 8 * (7 - i) & 255));
    for (i = 0; i < b.length; i += 4) w.push(little ? b[i] | b[i + 1] << 8 | b[i + 2] << 16 | b[i + 3] << 24 : b[i] << 24 | b[i + 1] << 16 | b[i + 2] << 8 | b[i + 3]);
    return w;
  }
  function out32(words32, little) { var o = []; words32.forEach(function (w) { var i; for (i = 0; i < 4; i++) o.push(w >>> (little ? 8 * i : 24 - 8 * i) & 255); }); return o; }
  function frac(x) { return (x - Math.floor(x)) * 4294967296 | 0; }
  function primes(n) { var out = [], c = 2; while (out.length < n) { if (out.every(function (p) { return c % p; })) out.push(c); c++; } return out; }
  function sha256(b) {
    var P = primes(64), K = P.map(function (p) { return frac(Math.pow(p, 1 / 3)); }), h = P.slice(0, 8).map(function (p) { return frac(Math.sqrt(p)); }), w = padded(b), at, i, v, x, y, m;
    for (at = 0; at < w.length; at += 16) {
      m = w.slice(at, at + 16); v = h.slice();
      for (i = 0; i < 64; i++) {
        if (i > 15) { x = m[i - 15]; y = m[i - 2]; m[i] = m[i - 16] + (rol(x, 25) ^ rol(x, 14) ^ x >>> 3) + m[i - 7] + (rol(y, 15) ^ rol(y, 13) ^ y >>> 10) | 0; }
        x = v[7] + (rol(v[4], 26) ^ rol(v[4], 21) ^ rol(v[4], 7)) + (v[4] & v[5] ^ ~v[4] & v[6]) + K[i] + m[i] | 0;
        y = (rol(v[0], 30) ^ rol(v[0], 19) ^ rol(v[0], 10)) + (v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]) | 0;
        v = [x + y | 0, v[0], v[1], v[2], v[3] + x | 0, v[4], v[5], v[6]];
      }
      h = h.map(function (one, j) { return one + v[j] | 0; });
    }
    return out32(h);
  }
  function sha1(b) {
    var h = [1732584193, -271733879, -1732584194, 271733878, -1009589776], w = padded(b), at, i, v, f, m;
    for (at = 0; at < w.length; at += 16) {
      m = w.slice(at, at + 16); v = h.slice();
      for (i = 0; i < 80; i++) {
        if (i > 15) m[i] = rol(m[i - 3] ^ m[i - 8] ^ m[i - 14] ^ m[i - 16], 1);
        f = i < 20 ? (v[1] & v[2] | ~v[1] & v[3]) + 1518500249 : i < 40 ? (v[1] ^ v[2] ^ v[3]) + 1859775393 : i < 60 ? (v[1] & v[2] | v[1] & v[3] | v[2] & v[3]) - 1894007588 : (v[1] ^ v[2] ^ v[3]) - 899497514;
        v = [rol(v[0], 5) + f + v[4] + m[i] | 0, v[0], rol(v[1], 30), v[2], v[3]];
      }
      h = h.map(function (one, j) { return one + v[j] | 0; });
    }
    return out32(h);
  }
  function md5(b) {
    var h = [1732584193, -271733879, -1732584194, 271733878], w = padded(b, true), S = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]], at, i, v, f, g, r;
    for (at = 0; at < w.length; at += 16) {
      v = h.slice();
      for (i = 0; i < 64; i++) {
        r = i >> 4;
        f = r === 0 ? v[1] & v[2] | ~v[1] & v[3] : r === 1 ? v[3] & v[1] | ~v[3] & v[2] : r === 2 ? v[1] ^ v[2] ^ v[3] : v[2] ^ (v[1] | ~v[3]);
        g = r === 0 ? i : r === 1 ? (5 * i + 1) % 16 : r === 2 ? (3 * i + 5) % 16 : 7 * i % 16;
        f = f + v[0] + (Math.abs(Math.sin(i + 1)) * 4294967296 | 0) + w[at + g] | 0;
        v = [v[3], v[1] + rol(f, S[r][i % 4]) | 0, v[1], v[2]];
      }
      h = h.map(function (one, j) { return one + v[j] | 0; });
    }
    return out32(h, true);
  }
  /* SHA-384 and SHA-512: numbers of 64 bits as pairs of 32, high half first */
  var K512 =
    '428a2f98d728ae227137449123ef65cdb5c0fbcfec4d3b2fe9b5dba58189dbbc3956c25bf348b53859f111f1b605d019923f82a4af194f9bab1c5ed5da6d8118d807aa98a303024212835b0145706fbe' +
    '243185be4ee4b28c550c7dc3d5ffb4e272be5d74f27b896f80deb1fe3b1696b19bdc06a725c71235c19bf174cf692694e49b69c19ef14ad2efbe4786384f25e30fc19dc68b8cd5b5240ca1cc77ac9c65' +
    '2de92c6f592b02754a7484aa6ea6e4835cb0a9dcbd41fbd476f988da831153b5983e5152ee66dfaba831c66d2db43210b00327c898fb213fbf597fc7beef0ee4c6e00bf33da88fc2d5a79147930aa725' +
    '06ca6351e003826f142929670a0e6e7027b70a8546d22ffc2e1b21385c26c9264d2c6dfc5ac42aed53380d139d95b3df650a73548baf63de766a0abb3c77b2a881c2c92e47edaee692722c851482353b' +
    'a2bfe8a14cf10364a81a664bbc423001c24b8b70d0f89791c76c51a30654be30d192e819d6ef5218d69906245565a910f40e35855771202a106aa07032bbd1b819a4c116b8d2d0c81e376c085141ab53' +
    '2748774cdf8eeb9934b0bcb5e19b48a8391c0cb3c5c95a634ed8aa4ae3418acb5b9cca4f7763e373682e6ff3d6b2b8a3748f82ee5defb2fc78a5636f43172f6084c87814a1f0ab728cc702081a6439ec' +
    '90befffa23631e28a4506cebde82bde9bef9a3f7b2c67915c67178f2e372532bca273eceea26619cd186b8c721c0c207eada7dd6cde0eb1ef57d4f7fee6ed17806f067aa72176fba0a637dc5a2c898a6' +
    '113f9804bef90dae1b710b35131c471b28db77f523047d8432caab7b40c724933c9ebe0a15c9bebc431d67c49c100d4c4cc5d4becb3e42b6597f299cfc657e2a5fcb6fab3ad6faec6c44198c4a475817';
  function pairs(hex) { var out = [], i; for (i = 0; i < hex.length; i += 8) out.push(parseInt(hex.slice(i, i + 8), 16) | 0); return out; }
  function sum64() {
    var lo = 0, hi = 0, i;
    for (i = 0; i < arguments.length; i++) { hi += arguments[i][0] >>> 0; lo += arguments[i][1] >>> 0; }
    return [hi + Math.floor(lo / 4294967296) | 0, lo | 0];
  }
  function right(x, n) { return n < 32 ? [x[0] >>> n | x[1] << 32 - n, x[1] >>> n | x[0] << 32 - n] : right([x[1], x[0]], n - 32); }
  function shifted(x, n) { return [x[0] >>> n, x[1] >>> n | x[0] << 32 - n]; }
  function mixed(a, b, c) { return [a[0] ^ b[0] ^ c[0], a[1] ^ b[1] ^ c[1]]; }
  function both(f, a, b, c) { return [f(a[0], b[0], c[0]), f(a[1], b[1], c[1])]; }
  function choice(a, b, c) { return a & b ^ ~a & c; }
  function majority(a, b, c) { return a & b ^ a & c ^ b & c; }
  function sha64(b, start) {
    var k = pairs(K512), h = [], first = pairs(start), bits = b.length * 8, at, i, w, v, x, y;
    for (i = 0; i < 16; i += 2) h.push([first[i], first[i + 1]]);
    b = b.concat([128]);
    while (b.length % 128 !== 120) b.push(0);
    for (i = 7; i >= 0; i--) b.push(Math.floor(bits / Math.pow(256, i)) % 256);
    for (at = 0; at < b.length; at += 128) {
      v = h.slice();
      for (w = [], i = 0; i < 80; i++) {
        x = at + 8 * i;
        if (i < 16) w.push([b[x] << 24 | b[x + 1] << 16 | b[x + 2] << 8 | b[x + 3], b[x + 4] << 24 | b[x + 5] << 16 | b[x + 6] << 8 | b[x + 7]]);
        else w.push(sum64(w[i - 16], mixed(right(w[i - 15], 1), right(w[i - 15], 8), shifted(w[i - 15], 7)), w[i - 7], mixed(right(w[i - 2], 19), right(w[i - 2], 61), shifted(w[i - 2], 6))));
        x = sum64(v[7], mixed(right(v[4], 14), right(v[4], 18), right(v[4], 41)), both(choice, v[4], v[5], v[6]), [k[2 * i], k[2 * i + 1]], w[i]);
        y = sum64(mixed(right(v[0], 28), right(v[0], 34), right(v[0], 39)), both(majority, v[0], v[1], v[2]));
        v = [sum64(x, y), v[0], v[1], v[2], sum64(v[3], x), v[4], v[5], v[6]];
      }
      for (i = 0; i < 8; i++) h[i] = sum64(h[i], v[i]);
    }
    return out32([].concat.apply([], h));
  }
  function sha512(b) { return sha64(b, '6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1510e527fade682d19b05688c2b3e6c1f1f83d9abfb41bd6b5be0cd19137e2179'); }
  function sha384(b) { return sha64(b, 'cbbb9d5dc1059ed8629a292a367cd5079159015a3070dd17152fecd8f70e593967332667ffc00b318eb44a8768581511db0c2e0d64f98fa747b5481dbefa4fa4').slice(0, 48); }

  /* Ed25519 (RFC 8032), the checking half: numbers below 2^255 - 19 as 16 limbs of 16 bits */
  var ORDER = '1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed';
  function limbs(n) { var out = [n], i; for (i = 1; i < 16; i++) out.push(0); return out; }
  function carried(o) { var c = 0, i, v; for (i = 0; i < 16; i++) { v = o[i] + c; c = Math.floor(v / 65536); o[i] = v - c * 65536; } o[0] += 38 * c; return o; }
  function plus(a, b) { return carried(a.map(function (x, i) { return x + b[i]; })); }
  function minus(a, b) { return carried(a.map(function (x, i) { return x - b[i]; })); }
  function times(a, b) {
    var t = [], i, j;
    for (i = 0; i < 31; i++) t.push(0);
    for (i = 0; i < 16; i++) for (j = 0; j < 16; j++) t[i + j] += a[i] * b[j];
    for (i = 0; i < 15; i++) t[i] += 38 * t[i + 16];
    return carried(carried(t.slice(0, 16)));
  }
  function raised(a, top, without) { var out = limbs(1), i; for (i = top; i >= 0; i--) { out = times(out, out); if (without.indexOf(i) < 0) out = times(out, a); } return out; }
  function inverse(a) { return raised(a, 254, [2, 4]); }
  /* The one way to write a number below the modulus. */
  function settled(a) {
    var o = carried(carried(carried(a.slice()))), m, i, borrow, round;
    for (round = 0; round < 2; round++) {
      for (m = [], borrow = 0, i = 0; i < 16; i++) { m[i] = o[i] - (i === 0 ? 65517 : i < 15 ? 65535 : 32767) - borrow; borrow = m[i] < 0 ? 1 : 0; m[i] += borrow * 65536; }
      if (!borrow) o = m;
    }
    return o;
  }
  function same(a, b) { return settled(a).join() === settled(b).join(); }
  var ONE = limbs(1), NIL = limbs(0), curve;
  function xOf(y, sign) {
    var yy = times(y, y), square = times(minus(yy, ONE), inverse(plus(times(curve.d, yy), ONE))), x = raised(square, 251, [0]);
    if (!same(times(x, x), square)) x = times(x, curve.root);
    if (!same(times(x, x), square) || (same(x, NIL) && sign)) return null;
    return (settled(x)[0] & 1) === sign ? x : minus(NIL, x);
  }
  function pointOf(y, sign) { var x = xOf(y, sign); return x && [x, y, ONE, times(x, y)]; }
  function pointAt(b) {
    var y = [], i;
    for (i = 0; i < 32; i += 2) y.push(b[i] | b[i + 1] << 8);
    y[15] &= 32767;
    return settled(y).join() === y.join() ? pointOf(y, b[31] >> 7) : null;
  }
  function joined(p, q) {
    var a = times(minus(p[1], p[0]), minus(q[1], q[0])), b = times(plus(p[1], p[0]), plus(q[1], q[0])), c = times(times(plus(p[3], p[3]), q[3]), curve.d), d = times(plus(p[2], p[2]), q[2]);
    var e = minus(b, a), f = minus(d, c), g = plus(d, c), h = plus(b, a);
    return [times(e, f), times(g, h), times(f, g), times(e, h)];
  }
  function multiple(bytes, p) {
    var out = [NIL, ONE, ONE, NIL], i;
    for (i = 8 * bytes.length - 1; i >= 0; i--) { out = joined(out, out); if (bytes[i >> 3] >> (i & 7) & 1) out = joined(out, p); }
    return out;
  }
  function hexOf(bytes) { return bytes.map(function (x) { return (x < 16 ? '0' : '') + x.toString(16); }).join(''); }
  function isSigned(message, signature, key) {
    if (!curve) {
      curve = { d: times(minus(NIL, limbs(121665)), inverse(limbs(121666))), root: raised(limbs(2), 252, [2]) };
      curve.base = pointOf(times(limbs(4), inverse(limbs(5))), 0);
    }
    var nonce = signature.slice(0, 32), scalar = signature.slice(32), a = pointAt(key), r = pointAt(nonce), left, rightSide;
    if (!a || !r || hexOf(scalar.slice().reverse()) >= ORDER) return false;
    left = multiple(scalar, curve.base); rightSide = joined(r, multiple(sha512(nonce.concat(key, message)), a));
    return same(times(left[0], rightSide[2]), times(rightSide[0], left[2])) && same(times(left[1], rightSide[2]), times(rightSide[1], left[2]));
  }
  function codes(s) { return s.split('').map(function (sign) { return sign.charCodeAt(0); }); }
  def('extract-signed', 2, 2, function (c, v) {
    var code = decoded(text(v[0], c.e).trim()), key = decoded(text(v[1], c.e).trim());
    spend(c.e, 20000);
    if (code === null || key === null || code.length < 64 || key.length !== 32) return '';
    return isSigned(codes(code.slice(64)), codes(code.slice(0, 64)), codes(key)) ? utf8(code.slice(64)) : '';
  });

  F.digest = texts(2, 3, function (t, name, form) {
    var run = { MD5: md5, 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 }[name.toUpperCase()], bytes, raw;
    if (!run) return '';
    bytes = bytesOf(t);
    spend(this, bytes.length >> 4);
    raw = run(bytes);
    return form === 'hex' ? hexOf(raw) : base64(raw);
  });
  }
  if (global.SurveyXPath) extend(global.SurveyXPath); else global.SurveyXPathCodes = extend;
})(this);
