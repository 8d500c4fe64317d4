//! A serde reader over the pairs of a query string: each parameter is one text, or a list of them
//! where the type asks for a list.

use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor, value::Error};
use serde::forward_to_deserialize_any;

use super::super::misread::{GIVEN_ONCE, NOT_THAT};

/// What a parameter was given.
pub(super) struct Values {
    texts: Vec<String>,
    /// Written with `[]`, so it must be a list.
    listed: bool,
}

impl Values {
    /// The parameters of a query string, each once with all that it was given.
    pub(super) fn grouped(
        pairs: Vec<(String, String)>,
    ) -> MapDeserializer<'static, std::vec::IntoIter<(String, Self)>, Error> {
        let mut grouped: Vec<(String, Self)> = Vec::with_capacity(pairs.len());
        for (name, text) in pairs {
            let plain = name.strip_suffix("[]").map(str::to_owned);
            let listed = plain.is_some();
            let name = plain.unwrap_or(name);
            match grouped.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => {
                    values.texts.push(text);
                    values.listed |= listed;
                }
                None => grouped.push((name, Self { texts: vec![text], listed })),
            }
        }
        MapDeserializer::new(grouped.into_iter())
    }

    fn single(mut self) -> Result<Text, Error> {
        match (self.texts.pop(), self.texts.is_empty() && !self.listed) {
            (Some(text), true) => Ok(Text(text)),
            _ => Err(Error::custom(GIVEN_ONCE)),
        }
    }
}

impl IntoDeserializer<'_, Error> for Values {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! as_single {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.single()?.$method(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Values {
    type Error = Error;

    as_single! {
        deserialize_any deserialize_bool deserialize_i32 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_i64 deserialize_f64 deserialize_str deserialize_string
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let split = |text: &String| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let items = self.texts.iter().flat_map(split).map(Text);
        visitor.visit_seq(SeqDeserializer::new(items))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.single()?.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// One text.
pub(super) struct Text(String);

impl IntoDeserializer<'_, Error> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Error::custom(NOT_THAT)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Text {
    type Error = Error;

    parsed! {
        deserialize_bool visit_bool bool;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_f64 visit_f64 f64;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text: StringDeserializer<Error> = self.0.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u128 f32 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}
