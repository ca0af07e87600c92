//! The border between a page and a WebAssembly module: one call that takes bytes and gives bytes.
//!
//! A generator of bindings such as wasm-bindgen would write the JavaScript of the border at build time, and bring a tool that
//! must have the version of its crate. Here the page needs one call, so the border is four functions, and the JavaScript that a
//! voter receives is the JavaScript in the repository (`web/pages/module.js`). Nothing here reads memory by address: the page
//! writes into a buffer that it was given, and reads from one.
//!
//! The page calls `reserve(length)`, writes the input to the address that it is given, calls `call()`, and reads
//! `output_length()` bytes at the address that it is given. Then it calls `clear()`, which wipes both.

use std::cell::RefCell;

use zeroize::Zeroize;

/// What has crossed the border, in both directions. WebAssembly has one thread.
#[derive(Debug, Default)]
pub struct Border {
    input: RefCell<Vec<u8>>,
    output: RefCell<Vec<u8>>,
}

impl Border {
    /// A border that nothing has crossed.
    pub const fn new() -> Self {
        Self { input: RefCell::new(Vec::new()), output: RefCell::new(Vec::new()) }
    }

    /// Makes room for an input; gives the address of its first byte.
    pub fn reserve(&self, length: usize) -> *mut u8 {
        let mut input = self.input.borrow_mut();
        input.zeroize();
        input.resize(length, 0);
        input.as_mut_ptr()
    }

    /// Hands the input to whoever answers; gives the address of the answer.
    pub fn call(&self, answer: fn(&[u8]) -> Vec<u8>) -> *const u8 {
        let answered = answer(&self.input.borrow());
        let mut output = self.output.borrow_mut();
        output.zeroize();
        *output = answered;
        output.as_ptr()
    }

    /// The bytes of the answer.
    pub fn output_length(&self) -> usize {
        self.output.borrow().len()
    }

    /// Wipes what has crossed.
    pub fn clear(&self) {
        self.input.borrow_mut().zeroize();
        self.output.borrow_mut().zeroize();
    }
}

/// The two parts of a call: `u32` little-endian of the length of the question ‖ the question ‖ bytes that belong to it.
pub fn parts(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = input.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// Declares the four functions that the page calls; `$answer` is a `fn(&[u8]) -> Vec<u8>`.
#[macro_export]
macro_rules! border {
    ($answer:path) => {
        #[expect(unsafe_code, reason = "the page finds these functions by their names")]
        mod border {
            std::thread_local! {
                static BORDER: $crate::Border = const { $crate::Border::new() };
            }

            #[unsafe(no_mangle)]
            extern "C" fn reserve(length: usize) -> *mut u8 {
                BORDER.with(|border| border.reserve(length))
            }

            #[unsafe(no_mangle)]
            extern "C" fn call() -> *const u8 {
                BORDER.with(|border| border.call($answer))
            }

            #[unsafe(no_mangle)]
            extern "C" fn output_length() -> usize {
                BORDER.with($crate::Border::output_length)
            }

            #[unsafe(no_mangle)]
            extern "C" fn clear() {
                BORDER.with($crate::Border::clear);
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_two_parts() {
        assert_eq!(parts(&[2, 0, 0, 0, b'{', b'}', 7]), Some((&b"{}"[..], &[7][..])));
        assert_eq!(parts(&[3, 0, 0, 0, b'{', b'}']), None);
        assert_eq!(parts(&[0, 0, 0]), None);
    }

    #[test]
    fn an_answer_is_made_of_the_input_and_both_are_wiped() {
        let border = Border::new();
        border.reserve(3);
        border.input.borrow_mut().copy_from_slice(b"abc");
        border.call(|input| input.iter().rev().copied().collect());
        assert_eq!((border.output_length(), border.output.borrow().as_slice()), (3, &b"cba"[..]));
        border.clear();
        assert_eq!(border.output_length(), 0);
        border.reserve(2);
        assert_eq!(border.input.borrow().as_slice(), [0, 0]);
    }
}
